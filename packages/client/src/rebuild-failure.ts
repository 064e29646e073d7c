import type { BuiltInFailure, BuiltInFailureType } from '@q/core';
import type { FinishCode, StoredFailure } from '@q/core/wire';

/** How a script ends a task: there is no payload then, the code says it all. */
type ScriptedCode = Exclude<FinishCode, '+' | '-'>;

const scripted: Readonly<
  Record<ScriptedCode, readonly [type: BuiltInFailureType, name: string, message: string]>
> = {
  a: ['aborted', 'TaskAbortedError', 'the task was aborted'],
  c: ['crashed', 'TaskCrashedError', 'the worker that ran the task died, three times'],
  e: ['expired', 'TaskExpiredError', 'the task was not started in time'],
  m: [
    'invalid',
    'TaskMalformedError',
    'the stored envelope did not decode, so no worker could run it; the bytes are kept',
  ],
  p: ['dependency', 'DependencyFailedError', 'a task that this one waited for did not succeed'],
  r: ['unroutable', 'TaskUnroutableError', 'no worker had a handler for the task'],
  u: ['unique', 'TaskNotUniqueError', 'another run of the task was under way, and only one is allowed'],
};

export function scriptedFailure(code: ScriptedCode): BuiltInFailure {
  const [type, name, message] = scripted[code];
  return { type, name, message };
}

/** Whether a payload is what `describeFailure` makes. */
export function isStoredFailure(value: unknown): value is StoredFailure {
  if (typeof value !== 'object' || value === null) return false;
  const { type, name, message }: Partial<Record<keyof StoredFailure, unknown>> = value;
  return typeof type === 'string' && typeof name === 'string' && typeof message === 'string';
}

export function builtInFailure(type: BuiltInFailureType, stored: StoredFailure): BuiltInFailure {
  const { name, message, stack, cause } = stored;
  return {
    type,
    name,
    message,
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(isStoredFailure(cause) ? { cause: rebuiltError(cause) } : {}),
  };
}

/** An error with the texts of the one that was thrown elsewhere; never an instance of its class. */
function rebuiltError({ name, message, stack, code, cause }: StoredFailure): Error {
  const error = new Error(message, isStoredFailure(cause) ? { cause: rebuiltError(cause) } : undefined);
  error.stack = typeof stack === 'string' ? stack : `${name}: ${message}`;
  return Object.assign(error, { name }, typeof code === 'string' ? { code } : {});
}
