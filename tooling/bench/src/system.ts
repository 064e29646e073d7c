import type { Redis } from 'ioredis';
import type { Payload } from './payload.ts';

/** Where one round takes place: nobody was there before. */
export interface Place {
  readonly url: string;
  readonly queue: string;
}

/** The sending side of a system, in a process of its own. */
export interface Producer {
  /** Settles when the task is in Redis. */
  readonly enqueue: (payload: Payload) => PromiseLike<unknown>;
  /** The fastest way the system has to send many at once. */
  readonly enqueueMany: (payloads: readonly Payload[]) => PromiseLike<unknown>;
  /** Settles when the result of the task is here. */
  readonly roundTrip: (payload: Payload) => PromiseLike<unknown>;
  readonly close: () => Promise<void>;
}

/** What runs for every task: nothing, or a sleep. */
export type Handle = (payload: Payload) => void | Promise<void>;

export interface WorkerSettings {
  readonly concurrency: number;
  readonly handle: Handle;
}

/** The running side of a system, in a process of its own. */
export interface RunningWorker {
  /** Resolves when everything that ran is settled. */
  readonly stop: () => Promise<void>;
}

/** A queue under measurement: everything that the scenarios know of it. */
export interface System {
  /** Packages whose versions belong to the figures. */
  readonly packages: readonly string[];
  openProducer(place: Place): Promise<Producer>;
  openWorker(place: Place, settings: WorkerSettings): Promise<RunningWorker>;
  /** Tasks that wait or run: nothing may be left after a drain. */
  unfinished(redis: Redis, queue: string): Promise<number>;
}
