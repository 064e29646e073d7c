/** Declare tasks that producers and workers share. Start at {@link task}. */

export { maxPayloadBytes } from './codec/limits.ts';
export { type Codec, defaultCodec } from './codec.ts';
export { type AnyCall, type Call, type CallOf, call, type TaskOf, type TaskRef } from './contract/call.ts';
export { task } from './contract/declare-task.ts';
export type { Durability } from './contract/durability.ts';
export type {
  BuiltInFailure,
  BuiltInFailureType,
  DeclaredFailure,
  Failure,
  NotBuiltIn,
} from './contract/failure.ts';
export type { Headers } from './contract/headers.ts';
export type { Instant } from './contract/instant.ts';
export type { MaybePromise } from './contract/maybe-promise.ts';
export type { Refused } from './contract/refused.ts';
export type { AnyResult, Facts, Failed, Succeeded, TaskResult } from './contract/result.ts';
export { type AnySchema, type ErrorSchemas, type Schema, typed } from './contract/schema.ts';
export type { StartOptions } from './contract/start-options.ts';
export type {
  AnyTask,
  ArgsOf,
  Contract,
  ErrorsOf,
  HandlerArgsOf,
  NoErrors,
  ReadErrorsOf,
  ResultOf,
  ReturnOf,
  Signature,
  Task,
  TypedTask,
  UnknownTask,
} from './contract/task.ts';
export { TaskFailedError } from './contract/task-failed-error.ts';
export type { TaskOptions } from './contract/task-options.ts';
export type { Duration } from './duration.ts';
export {
  ConfigError,
  InvalidInputError,
  InvalidResultError,
  type Issue,
  PayloadMalformedError,
  PayloadNotEncodableError,
  PayloadTooLargeError,
  ProtocolError,
  QueueError,
  QueueUnavailableError,
} from './errors.ts';
