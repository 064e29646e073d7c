import { QueueError } from '@q/core';

/** Thrown when a run ends after another worker may have taken its delivery over. The result is dropped; also the reason of `ctx.signal` then. */
export class LeaseLostError extends QueueError {
  override readonly name = 'LeaseLostError';
  readonly code = 'Q_LEASE_LOST';
  readonly id: string;

  constructor(id: string, lease: number) {
    super(
      `task ${id} is no longer held by this worker: its lease of ${lease} ms was not renewed in time; raise "lease", or stop blocking the process`,
    );
    this.id = id;
  }
}

/** The reason of `ctx.signal` when a run took longer than its task allows; the task fails with type `timeout`. */
export class TaskTimeoutError extends QueueError {
  override readonly name = 'TaskTimeoutError';
  readonly code = 'Q_TASK_TIMEOUT';
  /** What was allowed, ms. */
  readonly after: number;

  /** @param run - which run it was, where that is known: ` (try 1 of 3)` */
  constructor(after: number, run = '') {
    super(
      `the task ran longer than its timeout of ${after} ms${run}; make the handler faster, or raise "timeout" of the task`,
    );
    this.after = after;
  }
}

/** The reason of `ctx.signal` when somebody aborted the task. */
export class TaskAbortedError extends QueueError {
  override readonly name = 'TaskAbortedError';
  readonly code = 'Q_TASK_ABORTED';
  readonly id: string;

  constructor(id: string) {
    super(`task ${id} was aborted while it ran`);
    this.id = id;
  }
}

/** The reason of `ctx.signal` when the worker stops and the grace period is over; another worker runs the task again, no try is charged. */
export class WorkerStoppingError extends QueueError {
  override readonly name = 'WorkerStoppingError';
  readonly code = 'Q_WORKER_STOPPING';

  constructor() {
    super(
      'the worker stops and its grace period is over; the task goes back to the queue; raise "gracePeriod" if it needs longer',
    );
  }
}

/** Thrown by `start()` when a lifespan does not yield exactly once. */
export class LifespanError extends QueueError {
  override readonly name = 'LifespanError';
  readonly code = 'Q_LIFESPAN';
}

/** Thrown by `start()` when the Redis server may delete tasks to free memory. */
export class EvictionPolicyError extends QueueError {
  override readonly name = 'EvictionPolicyError';
  readonly code = 'Q_EVICTION_POLICY';
  readonly policy: string;

  constructor(policy: string) {
    super(
      `the Redis server has maxmemory-policy "${policy}" and may delete tasks when memory runs short; ` +
        'set it to "noeviction", or pass allowEviction: true to accept the loss',
    );
    this.policy = policy;
  }
}

/** Thrown by `start()` when the queue was made by a version whose keys and bytes this one does not know. */
export class IncompatibleQueueError extends QueueError {
  override readonly name = 'IncompatibleQueueError';
  readonly code = 'Q_INCOMPATIBLE';
  /** The protocol that the queue is kept in. */
  readonly protocol: number;

  constructor(queue: string, protocol: number, known: number) {
    super(
      `queue "${queue}" is kept in protocol ${protocol}, this worker speaks ${known}; deploy a version of @q/worker that speaks it, or use another queue`,
    );
    this.protocol = protocol;
  }
}
