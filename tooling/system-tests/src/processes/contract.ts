import { type Task, task } from '@q/core';

/** The task of the first page of every guide: sleeps, and says how long. */
export const sleeper: Task<(seconds: number) => number> = task('sleeper', { maxTries: 3 });
/** Fails until its third try. */
export const retrying: Task<() => boolean> = task('retrying');
/** The same with a delay of its own. */
export const retryingSoon: Task<() => boolean> = task('retrying.soon');
/** Never succeeds. */
export const hopeless: Task<() => void> = task('hopeless');
export const hopelessTwice: Task<() => void> = task('hopeless.twice', { maxTries: 2 });
export const failing: Task<(message: string) => void> = task('failing');
/** Does not look at its signal. */
export const deaf: Task<(ms: number) => string> = task('deaf', { timeout: '200ms' });
export const unlimited: Task<(ms: number) => string> = task('unlimited');
export const keptForEver: Task<() => number> = task('kept.for.ever', { ttl: null });
export const keptShort: Task<() => number> = task('kept.short', { ttl: '1s' });
export const notKept: Task<() => number> = task('not.kept', { ttl: 0 });
export const lonely: Task<(ms: number) => string> = task('lonely', { unique: true, timeout: '10s' });
export const sociable: Task<(ms: number) => string> = task('sociable');
/** Blocks a thread of the pool, not the loop. */
export const doWork: Task<(ms: number) => number> = task('do.work');
/** Hangs at the first attempt and returns at the second: what a killed worker leaves behind. */
export const hangsOnce: Task<(n: number) => number> = task('hangs.once');
/** Answers who ran it, after a while. */
export const whoRan: Task<(ms: number) => { worker: string; tries: number; attempt: number }> =
  task('who.ran');
export const noop: Task<(n: number) => number> = task('noop');
