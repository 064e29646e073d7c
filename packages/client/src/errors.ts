import { QueueError } from '@q/core';

/** Thrown by a wait for a result that took longer than its `timeout`. The task goes on. */
export class ResultTimeoutError extends QueueError {
  override readonly name = 'ResultTimeoutError';
  readonly code = 'Q_RESULT_TIMEOUT';
  readonly id: string;
  /** Ms. */
  readonly timeout: number;

  constructor(id: string, timeout: number) {
    super(`task ${id} had no result within ${timeout} ms; it goes on, and result() can be called again`);
    this.id = id;
    this.timeout = timeout;
  }
}

/** Thrown by a wait for the result of an id that Redis does not know: never enqueued, long over, or Redis lost its data. */
export class ResultMissingError extends QueueError {
  override readonly name = 'ResultMissingError';
  readonly code = 'Q_RESULT_MISSING';
  readonly id: string;
  readonly queue: string;

  constructor(id: string, queue: string) {
    super(
      `queue "${queue}" knows no task ${id}; its result is kept no longer than the task's ttl, or the data of Redis was lost`,
    );
    this.id = id;
    this.queue = queue;
  }
}

/** Thrown by a wait for a result that is older than the task's `ttl`: that the task ended is still known, its result is not. */
export class ResultExpiredError extends QueueError {
  override readonly name = 'ResultExpiredError';
  readonly code = 'Q_RESULT_EXPIRED';
  readonly id: string;
  /** Epoch ms of Redis. */
  readonly finishedAt: number;

  constructor(id: string, finishedAt: number) {
    super(
      `task ${id} has finished, but its result was not kept; raise the task's "ttl" or wait for the result before it finishes`,
    );
    this.id = id;
    this.finishedAt = finishedAt;
  }
}

/** Thrown by calls on a closed client, and by the waits that its `close()` ended. */
export class ClientClosedError extends QueueError {
  override readonly name = 'ClientClosedError';
  readonly code = 'Q_CLIENT_CLOSED';
  readonly queue: string;

  constructor(queue: string) {
    super(`the client of queue "${queue}" is closed; make calls before close(), or create another client`);
    this.queue = queue;
  }
}

/** Thrown at once by an enqueue when Redis is away and too many others wait for it already. Nothing was sent. */
export class QueueBusyError extends QueueError {
  override readonly name = 'QueueBusyError';
  readonly code = 'Q_BUSY';
  readonly id: string;
  readonly queue: string;
  /** How many wait. */
  readonly waiting: number;

  constructor(id: string, queue: string, waiting: number) {
    super(
      `Redis is away and ${waiting} enqueues of queue "${queue}" wait for it; task ${id} was not sent, try it again later with the same id`,
    );
    this.id = id;
    this.queue = queue;
    this.waiting = waiting;
  }
}

/**
 * Thrown by an enqueue that asked for replicas when fewer had confirmed it in time. The task is stored and may run; should
 * the master be lost before its replicas have it, it is lost too. Enqueueing the same id again makes no second task, and
 * waits for the replicas again. Its `cause` is a `RedisRefusedError` when Redis refused to wait.
 */
export class NotReplicatedError extends QueueError {
  override readonly name = 'NotReplicatedError';
  readonly code = 'Q_NOT_REPLICATED';
  readonly id: string;
  readonly queue: string;
  /** Replicas that were asked for. */
  readonly wanted: number;
  /** Replicas that have it. */
  readonly confirmed: number;
  /** Ms. */
  readonly timeout: number;

  constructor(
    facts: Pick<NotReplicatedError, 'id' | 'queue' | 'wanted' | 'confirmed' | 'timeout'>,
    options?: ErrorOptions,
  ) {
    const { id, queue, wanted, confirmed, timeout } = facts;
    super(
      `task ${id} of queue "${queue}" is stored, but ${confirmed} of ${wanted} replicas confirmed it within ${timeout} ms; enqueue it again with the same id to be sure`,
      options,
    );
    this.id = id;
    this.queue = queue;
    this.wanted = wanted;
    this.confirmed = confirmed;
    this.timeout = timeout;
  }
}

/** Thrown by an enqueue whose key in Redis is used by something else. Nothing was written for this id. */
export class EnqueueRefusedError extends QueueError {
  override readonly name = 'EnqueueRefusedError';
  readonly code = 'Q_ENQUEUE_REFUSED';
  readonly id: string;
  readonly reason: 'wrong-type';

  constructor(id: string, queue: string, reason: 'wrong-type') {
    super(
      `the key of task ${id} in queue "${queue}" holds something that is no task; find out what else writes keys that begin with "q:{${queue}}:"`,
    );
    this.id = id;
    this.reason = reason;
  }
}

/** Thrown by a read of what was written with a codec that this client does not have. */
export class UnknownCodecError extends QueueError {
  override readonly name = 'UnknownCodecError';
  readonly code = 'Q_UNKNOWN_CODEC';
  readonly id: string;
  readonly codec: string;

  constructor(id: string, codec: string) {
    super(
      `task ${id} was written with codec "${codec}", which this client does not have; give it as option "codec"`,
    );
    this.id = id;
    this.codec = codec;
  }
}
