import { type AnyTask, type Codec, ConfigError, type MaybePromise } from '@q/core';
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
  /** A promise where the handler, or a schema, is asynchronous: it settles when the handler has really ended. Never rejects. */
  readonly run: MaybePromise<Run>;
}

const malformed: Invocation = { registered: null, run: { kind: 'malformed' } };
const unknown: Invocation = { registered: null, run: { kind: 'unknown' } };

/** Finds the handler and calls it. */
export function invoke(flight: Flight, { registry, codec, context }: InvokeParts): Invocation {
  const { envelope } = flight.delivery;
  if (envelope === null) return malformed;
  const registered = registry.find(envelope.name);
  if (registered === undefined) return unknown;
  const read = readArgs(envelope, codec);
  if (read.kind === 'malformed') return malformed;
  if (read.kind === 'unknown-codec') return unknown;
  const ctx = new RunContext(context, flight, envelope, registered.maxTries);
  return { registered, run: callWith(registered, ctx, read.args) };
}

function callWith(registered: Registered, ctx: RunContext, sent: readonly unknown[]): MaybePromise<Run> {
  try {
    const args = parseInput(registered.task, sent);
    if (!(args instanceof Promise)) return callHandler(registered, ctx, args);
    return args.then((parsed) => callHandler(registered, ctx, parsed), invalid);
  } catch (error) {
    return invalid(error);
  }
}

function callHandler(
  { task, handler }: Registered,
  ctx: RunContext,
  args: readonly unknown[],
): MaybePromise<Run> {
  try {
    const value = handler(ctx, ...args);
    return isThenable(value) ? awaitRun(task, value) : runOfValue(task, value);
  } catch (error) {
    return runOfThrow(task, error);
  }
}

async function awaitRun(task: AnyTask, running: PromiseLike<unknown>): Promise<Run> {
  let value: unknown;
  try {
    value = await running;
  } catch (error) {
    return runOfThrow(task, error);
  }
  return runOfValue(task, value);
}

/** As `await` sees it. @throws what looking at it throws */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return value instanceof Promise || ('then' in value && typeof value.then === 'function');
}

function runOfValue(task: AnyTask, value: unknown): MaybePromise<Run> {
  try {
    const checked = validateResult(task, value);
    const returned: Run = { kind: 'returned', value };
    return checked instanceof Promise ? checked.then(() => returned, invalid) : returned;
  } catch (error) {
    return invalid(error);
  }
}

function runOfThrow(task: AnyTask, error: unknown): MaybePromise<Run> {
  return DeclaredError.is(error) ? declaredRun(task, error) : { kind: 'threw', error };
}

function invalid(error: unknown): Run {
  return { kind: 'invalid', error };
}

async function declaredRun(task: AnyTask, error: DeclaredError): Promise<Run> {
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
