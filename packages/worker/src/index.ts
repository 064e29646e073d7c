/** Run tasks declared with `@q/core`. Start at {@link createWorker}. */
export { type CronTab, createWorker, type Worker } from './create-worker.ts';
export {
  EvictionPolicyError,
  IncompatibleQueueError,
  LeaseLostError,
  LifespanError,
  TaskAbortedError,
  TaskTimeoutError,
  WorkerStoppingError,
} from './errors.ts';
export type { Handler, Handlers, TaskContext } from './handlers/handler.ts';
export type { CronOptions } from './handlers/registry.ts';
export type { RunningWorker } from './lifecycle.ts';
export type { Lifespan, LifespanContext } from './lifespan.ts';
export type { Logger } from './log.ts';
export { Retry, type RetryOptions } from './retry/retry.ts';
export type { WorkerOptions } from './worker-options.ts';
