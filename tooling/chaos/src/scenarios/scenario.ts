import type { QueueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import type { Producer } from '../workload/producer.ts';

/** What a scenario may use. */
export interface Stage {
  readonly producer: Producer;
  /** A connection without faults, to look with. */
  readonly redis: Redis;
  readonly keys: QueueKeys;
}

/**
 * One thing that people do with the queue, small enough to be broken at every command. It has to bear being played
 * again by another process after the first one was killed, so all its ids are its own.
 */
export interface Scenario {
  readonly name: string;
  /** Whose commands are broken. */
  readonly victims: ReadonlyArray<'client' | 'worker'>;
  /** The worker runs a schedule of every second. @default false */
  readonly cron?: boolean;
  /** The worker is told to stop (SIGTERM) when it has started so many runs; another one goes on. @default never */
  readonly terminateAfter?: number;
  /** Resolves when everything that it enqueued has ended and was seen. */
  readonly play: (stage: Stage) => Promise<void>;
}
