import { type Task, task } from '@q/core';

/** What every handler of the workload answers: which run it was. */
export interface Ran {
  readonly run: string;
}

/** Long enough that no result ends before the checker has looked at it. */
const ttl = '2h';

export const plain: Task<(n: number) => Ran> = task('plain', { ttl });
/** Takes so many ms, and heeds its signal. */
export const slow: Task<(ms: number) => Ran> = task('slow', { ttl });
/** Asks for another try, after so many ms, until it has been tried so often. */
export const flaky: Task<(failures: number, delay: number) => Ran> = task('flaky', { ttl, maxTries: null });
export const failing: Task<() => Ran> = task('failing', { ttl });
/** One at a time; each run takes so many ms. */
export const lonely: Task<(ms: number) => Ran> = task('lonely', { ttl, unique: true, timeout: '30s' });

/** Hangs at its first attempt, until it is aborted; another one answers at once. */
export const stuck: Task<() => Ran> = task('stuck', { ttl });
/** Kills the process that runs it. */
export const poison: Task<() => Ran> = task('poison', { ttl });
/** Keeps the event loop from turning for so many ms. */
export const blocking: Task<(ms: number) => Ran> = task('blocking', { ttl });

export const cronName = 'tick';
/** What the schedule enqueues. */
export const occurrence: Task<() => Ran> = task(cronName, { ttl });
