/** Enqueue tasks declared with `@q/core`, wait for their results, abort them. Start at {@link createClient}. */
export type { Builder } from './builder.ts';
export type { Client, Enqueuer } from './client.ts';
export type { CallOptions, ClientOptions } from './client-options.ts';
export { createClient } from './create-client.ts';
export {
  ClientClosedError,
  EnqueueRefusedError,
  NotReplicatedError,
  QueueBusyError,
  ResultExpiredError,
  ResultMissingError,
  ResultTimeoutError,
  UnknownCodecError,
} from './errors.ts';
export type { AnyHandle, Handle } from './handle.ts';
export { RedisRefusedError } from './redis-port/errors.ts';
export type { RedisLike, RedisSource } from './redis-port/redis-like.ts';
export type { Status } from './status.ts';
export type { AnyInfo, EarlierTry, TaskInfo } from './task-info.ts';
export type { WaitOptions } from './wait-options.ts';
