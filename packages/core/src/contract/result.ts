import type { Failure } from './failure.ts';
import type { AnyTask, ReadErrorsOf, ResultOf } from './task.ts';

/** What is known of every finished task. Times are epoch ms of Redis. */
export interface Facts {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly createdAt: number;
  readonly enqueuedAt: number;
  readonly finishedAt: number;
}

/** A task whose handler returned. */
export interface Succeeded<Value> extends Facts {
  readonly success: true;
  readonly result: Value;
  /** Runs charged, the last one included. */
  readonly tries: number;
  readonly workerId: string;
  readonly startedAt: number;
}

/** A task that failed, perhaps before it ran: then nobody held it, and it never started. */
export interface Failed<Errors> extends Facts {
  readonly success: false;
  readonly error: Failure<Errors>;
  /** Runs charged. */
  readonly tries: number;
  readonly workerId: string | null;
  readonly startedAt: number | null;
}

/** How a task ended; `success` tells the variants apart. */
export type TaskResult<Given extends AnyTask> = Succeeded<ResultOf<Given>> | Failed<ReadErrorsOf<Given>>;

/** The result of a task whose types are not known here. */
export interface AnyResult extends Facts {
  readonly success: boolean;
  readonly tries: number;
  readonly workerId: string | null;
  readonly startedAt: number | null;
}
