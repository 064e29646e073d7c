import { type Codec, ConfigError } from '@q/core';
import { isBuiltInFailureType, isWord, parseInput, validateErrorData, validateResult } from '@q/core/wire';
import type { Registered, Registry } from '../handlers/registry.ts';
import { type ContextParts, RunContext } from '../handlers/task-context.ts';
import { readArgs } from './delivery.ts';
import type { Flight } from './flight.ts';
import { DeclaredError, type Run } from './run.ts';

export interface InvokeParts {
  readonly registry: Pick<Registry, 'find'>;
  readonly codec: Codec;
  readonly context: ContextParts;
}

/** What is left of a delivery when the handler has been found and its arguments have been read. */
export interface Invocation {
  /** `null`: nothing is called, the run is known already. */
  readonly registered: Registered | null;
  /** Settles when the handler has really ended. Never rejects. */
  readonly run: Promise<Run>;
}

/** Finds the handler and calls it. */
export function invoke(flight: Flight, { registry, codec, context }: InvokeParts): Invocation {
  const { envelope } = flight.delivery;
  if (envelope === null) return known({ kind: 'malformed' });
  const registered = registry.find(envelope.name);
  if (registered === undefined) return known({ kind: 'unknown' });
  const read = readArgs(envelope, codec);
  if (read.kind === 'malformed') return known({ kind: 'malformed' });
  if (read.kind === 'unknown-codec') return known({ kind: 'unknown' });
  const ctx = new RunContext(context, flight, envelope, registered.maxTries);
  return { registered, run: callHandler(registered, ctx, read.args) };
}

function known(run: Run): Invocation {
  return { registered: null, run: Promise.resolve(run) };
}

async function callHandler(
  { task, handler }: Registered,
  ctx: RunContext,
  sent: readonly unknown[],
): Promise<Run> {
  let isInside = false;
  try {
    const parsed = parseInput(task, sent);
    const args = parsed instanceof Promise ? await parsed : parsed;
    isInside = true;
    const value = await handler(ctx, ...args);
    isInside = false;
    const checked = validateResult(task, value);
    if (checked instanceof Promise) await checked;
    return { kind: 'returned', value };
  } catch (error) {
    if (!isInside) return { kind: 'invalid', error };
    return DeclaredError.is(error) ? declaredRun(task, error) : { kind: 'threw', error };
  }
}

async function declaredRun(task: Registered['task'], error: DeclaredError): Promise<Run> {
  if (!isWord(error.type) || isBuiltInFailureType(error.type)) {
    return {
      kind: 'threw',
      error: new ConfigError(`ctx.fail() needs the name of an error that task "${task.name}" declares`, {
        cause: error,
      }),
    };
  }
  try {
    await validateErrorData(task, error.type, error.data);
    return { kind: 'failed', error };
  } catch (refused) {
    return { kind: 'invalid', error: refused };
  }
}
