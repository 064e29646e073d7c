import type { Client, Enqueuer } from '@q/client';
import type {
  AnyTask,
  Duration,
  ErrorsOf,
  HandlerArgsOf,
  Headers,
  MaybePromise,
  NoErrors,
  ReturnOf,
} from '@q/core';
import type { Logger } from '../log.ts';
import type { RetryOptions } from '../retry/retry.ts';

/** The first argument of every handler. A function that handlers call asks for what it needs: `TaskContext<{ db: Db }>`. */
export interface TaskContext<Deps = unknown, Errors = NoErrors> extends Enqueuer {
  /** What the worker's lifespan yielded; `undefined` without one. */
  readonly deps: Deps;
  /** Aborts at the timeout, when the task is aborted, when the worker stops and grace is over, when the lease is lost. The reason says which. */
  readonly signal: AbortSignal;
  readonly id: string;
  readonly name: string;
  /** 1 at the first try; this run is charged already. Runs that a stopping worker cut short are not counted. */
  readonly tries: number;
  /** 1 at the first run; counts every run, those that were cut short too. */
  readonly attempt: number;
  /** `null`: no limit. */
  readonly maxTries: number | null;
  /** What the producer sent beside the arguments. */
  readonly headers: Headers;
  /** Epoch ms at which the producer sent it. */
  readonly enqueuedAt: number;
  /** Wire id of the worker. */
  readonly workerId: string;
  /** On the connection of the worker; made when it is first touched. */
  readonly client: Client;
  /** Adds the task's id and name and the try to every record. */
  readonly log: Logger;
  /** Rejects with the reason of `signal` when that aborts. @throws ConfigError for a bad duration, or one above 24 days. */
  sleep(duration: Duration): Promise<void>;
  /** Throws a {@link Retry}. Write `throw ctx.retry()`: the compiler does not follow a bare call of an unannotated `ctx`. */
  retry(options?: RetryOptions): never;
  /** Throws a declared error. Write `throw ctx.fail(…)`, see `retry`. */
  fail<Name extends keyof Errors & string>(name: Name, data: Errors[Name]): never;
}

/**
 * `Type`, but only once the task is known. A function type that mentions a parameter still being inferred types the
 * handler's parameters and not its return: `{ kind: 'a' }` widens to `{ kind: string }`, `[n, n]` to `number[]`, and
 * a right handler is refused. The compiler resolves a conditional type first.
 */
type OnceKnown<Given, Type> = [Given] extends [never] ? never : Type;

/** The code of a task: synchronous or not, the context first. */
export type Handler<Given extends AnyTask, Deps> = OnceKnown<
  Given,
  (ctx: TaskContext<Deps, ErrorsOf<Given>>, ...args: HandlerArgsOf<Given>) => MaybePromise<ReturnOf<Given>>
>;

/** One handler for every task of a contract, in the same shape. */
export type Handlers<Tasks, Deps> = {
  readonly [Key in keyof Tasks]: Tasks[Key] extends AnyTask
    ? Handler<Tasks[Key], Deps>
    : Handlers<Tasks[Key], Deps>;
};

/** A handler whose types have done their work. */
export type AnyHandler = (
  ctx: TaskContext<unknown, Record<string, unknown>>,
  ...args: readonly unknown[]
) => unknown;
