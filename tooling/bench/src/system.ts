import type { Payload } from './payload.ts';

/** Where one round takes place: nobody was there before. */
export interface Place {
  /** Of the Redis or PostgreSQL that the system works on. */
  readonly url: string;
  readonly queue: string;
}

/** The sending side of a system, in a process of its own. */
export interface Producer {
  /** Settles when the task is stored. */
  readonly enqueue: (payload: Payload) => PromiseLike<unknown>;
  /** The fastest way the system has to send many at once. */
  readonly enqueueMany: (payloads: readonly Payload[]) => PromiseLike<unknown>;
  /** The same for tasks that start after `delay` ms. @throws in a system without the ability `delays` */
  readonly enqueueLater: (payloads: readonly Payload[], delay: number) => PromiseLike<unknown>;
  /** The same for tasks whose results nobody reads. @throws in a system without the ability `brief` */
  readonly enqueueBrief: (payloads: readonly Payload[]) => PromiseLike<unknown>;
  /** Settles when the result of the task is here. @throws in a system without the ability `answers` */
  readonly roundTrip: (payload: Payload) => PromiseLike<unknown>;
  /** Makes `count` workers known that hold leases and do nothing. @throws in a system without the ability `crowd` */
  readonly crowd: (count: number) => PromiseLike<unknown>;
  /** Tasks that are ready or run: nothing may be left after a drain. */
  readonly unfinished: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** What runs for every task: nothing, or a sleep. */
export type Handle = (payload: Payload) => void | Promise<void>;

export interface WorkerSettings {
  readonly concurrency: number;
  /** Tasks that may be claimed ahead of the slots; `null` for what the system does unless told otherwise. */
  readonly prefetch: number | null;
  readonly handle: Handle;
}

/** The running side of a system, in a process of its own. */
export interface RunningWorker {
  /** Resolves when everything that ran is settled. */
  readonly stop: () => Promise<void>;
}

/** A queue under measurement: everything that its processes know of it. */
export interface System {
  openProducer(place: Place): Promise<Producer>;
  openWorker(place: Place, settings: WorkerSettings): Promise<RunningWorker>;
}

/** For what a system cannot do: the harness does not ask for it. */
export function cannot(what: string): () => never {
  return () => {
    throw new Error(`this system has no ${what}; its abilities in systems.ts say otherwise`);
  };
}
