import type { AnyCall, AnyTask, ArgsOf, CallOf, TaskOf, TaskRef, UnknownTask } from '@q/core';
import type { Builder } from './builder.ts';
import type { Handle } from './handle.ts';
import type { Status } from './status.ts';
import type { WaitOptions } from './wait-options.ts';

/** Whatever can enqueue: a client, and the context of a handler. */
export interface Enqueuer {
  /**
   * Describes one enqueue; awaiting the builder sends it. The arguments are taken down at once: changing them
   * afterwards changes nothing. Everything that is sent in one tick goes to Redis in one call.
   *
   * Rejections: InvalidInputError, PayloadNotEncodableError, PayloadTooLargeError (nothing was sent);
   * QueueUnavailableError at the client's deadline (the task may be there; enqueueing the same id again is safe);
   * QueueBusyError and RedisRefusedError (nothing was written); ClientClosedError.
   */
  enqueue<Given extends AnyTask>(task: Given, ...args: ArgsOf<Given>): Builder<Given>;
}

/** The producer's side of one queue. Made by `createClient`. */
export interface Client extends Enqueuer, AsyncDisposable {
  readonly queue: string;
  /** Sends an inert call: the way without a thenable. Rejects as `enqueue` does. */
  send<Given extends AnyTask>(call: CallOf<Given>): Promise<Handle<Given>>;
  /** Sends many calls, in their order. An invalid one keeps all from being sent. Rejects as `enqueue` does. */
  enqueueMany<const Calls extends readonly AnyCall[]>(
    calls: Calls,
  ): Promise<{ -readonly [Index in keyof Calls]: Handle<TaskOf<Calls[Index]>> }>;
  /** By name, for a producer without the contract: nothing is checked, and the task has default options. @throws ConfigError for a bad name */
  enqueueUnsafe(name: string, ...args: unknown[]): Builder<UnknownTask>;
  /** The handle of a task that was enqueued before, perhaps elsewhere; nothing is asked of Redis. @throws ConfigError for a bad id */
  handle<Given extends AnyTask>(task: Given, id: string): Handle<Given>;
  /** As `Handle.status`. @throws QueueUnavailableError · ClientClosedError */
  status(ref: TaskRef): Promise<Status>;
  /** As `Handle.abort`. @throws QueueUnavailableError · ClientClosedError */
  abort(ref: TaskRef, options?: WaitOptions): Promise<boolean>;
  /** Sends what is still waiting to be sent, ends open waits with ClientClosedError, and closes its connections. Twice is fine. */
  close(): Promise<void>;
}
