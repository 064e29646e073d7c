import type { System } from './system.ts';

/**
 * `own` is what is judged, `floor` the least that any queue must do, `peer` is somebody else's queue on Redis, `elsewhere`
 * one on another kind of server: shown, and not counted as a peer.
 */
export type Role = 'own' | 'floor' | 'peer' | 'elsewhere';

/** What a scenario may ask for that not every system has. */
export type Ability =
  /** Somebody can wait for the result of a task. */
  | 'answers'
  /** A result stays readable for a while. */
  | 'results'
  /** Tasks may start later. */
  | 'delays'
  /** A task can say that its result is not to be kept. */
  | 'brief'
  /** A worker can claim ahead of its slots. */
  | 'prefetch'
  /** There is a register of workers that could be crowded. */
  | 'crowd'
  /** Every measurement, not only those of rates. */
  | 'all';

/** A queue that can be measured. A peer is one more name and entry here, and one more file in `systems/`. */
export type SystemName =
  | 'q'
  | 'bullmq'
  | 'bullmq-lean'
  | 'bee-queue'
  | 'bee-queue-lean'
  | 'groupmq'
  | 'graphile-worker'
  | 'floor';

/** What the harness knows of a system without loading it. */
export interface SystemFacts {
  readonly role: Role;
  readonly store: 'redis' | 'postgres';
  readonly abilities: readonly Ability[];
  /** Packages whose versions belong to the figures. */
  readonly packages: readonly string[];
  /** Settings that differ from the system's defaults, in words. */
  readonly settings: string;
  /** Whether `quick` leaves it out. */
  readonly isSlow: boolean;
}

interface Entry extends SystemFacts {
  readonly load: () => Promise<System>;
}

const entries: Readonly<Record<SystemName, Entry>> = {
  q: {
    role: 'own',
    store: 'redis',
    abilities: ['answers', 'results', 'delays', 'brief', 'prefetch', 'crowd', 'all'],
    packages: ['@q/client', '@q/worker', 'ioredis'],
    settings: 'defaults: results kept for 5 minutes, leases held',
    isSlow: false,
    load: async () => (await import('./systems/q.ts')).q,
  },
  bullmq: {
    role: 'peer',
    store: 'redis',
    abilities: ['answers', 'results', 'delays', 'all'],
    packages: ['bullmq'],
    settings: 'defaults: finished jobs and their results are kept; ioredis 6',
    isSlow: false,
    load: async () => (await import('./systems/bullmq.ts')).bullmq,
  },
  'bullmq-lean': {
    role: 'peer',
    store: 'redis',
    abilities: ['delays'],
    packages: ['bullmq'],
    settings: 'removeOnComplete and removeOnFail: no result is kept',
    isSlow: true,
    load: async () => (await import('./systems/bullmq.ts')).bullmqLean,
  },
  'bee-queue': {
    role: 'peer',
    store: 'redis',
    abilities: ['answers', 'results', 'delays', 'all'],
    packages: ['bee-queue'],
    settings:
      'storeJobs false; producer: isWorker false; worker: getEvents false; finished jobs and their results are kept. Its round trip gives ids of its own and listens to the queue, because a listener on the job loses results that come early',
    isSlow: false,
    load: async () => (await import('./systems/bee-queue.ts')).beeQueue,
  },
  'bee-queue-lean': {
    role: 'peer',
    store: 'redis',
    abilities: ['delays'],
    packages: ['bee-queue'],
    settings:
      'as bee-queue, with sendEvents false, removeOnSuccess and removeOnFailure: nobody is told, no result is kept',
    isSlow: true,
    load: async () => (await import('./systems/bee-queue.ts')).beeQueueLean,
  },
  groupmq: {
    role: 'peer',
    store: 'redis',
    abilities: ['delays', 'all'],
    packages: ['groupmq'],
    settings:
      'a group of its own for every task, so that tasks run side by side; bulk: autoBatch of 1,000; no result is kept (its default)',
    isSlow: false,
    load: async () => (await import('./systems/groupmq.ts')).groupmq,
  },
  'graphile-worker': {
    role: 'elsewhere',
    store: 'postgres',
    abilities: ['delays', 'prefetch', 'all'],
    packages: ['graphile-worker', 'pg'],
    settings:
      'localQueue of 500 unless claims ahead are switched off, completeJobBatchDelay 0; no result is kept (it has none)',
    isSlow: true,
    load: async () => (await import('./systems/graphile-worker.ts')).graphileWorker,
  },
  floor: {
    role: 'floor',
    store: 'redis',
    abilities: ['answers', 'results', 'prefetch', 'all'],
    packages: ['ioredis'],
    settings: 'raw ioredis and two Lua scripts; results kept for 5 minutes; no leases, errors or recovery',
    isSlow: false,
    load: async () => (await import('./systems/floor.ts')).floor,
  },
};

export function isSystemName(name: unknown): name is SystemName {
  return typeof name === 'string' && Object.hasOwn(entries, name);
}

/** In the order of the table. */
export const systemNames: readonly SystemName[] = Object.keys(entries).filter(isSystemName);

export function factsOf(name: SystemName): SystemFacts {
  return entries[name];
}

export function roleOf(name: SystemName): Role {
  return entries[name].role;
}

/** Loaded on demand, so that a process holds the code of one system only. */
export function loadSystem(name: SystemName): Promise<System> {
  return entries[name].load();
}
