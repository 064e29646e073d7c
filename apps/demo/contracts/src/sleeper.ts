import { task } from '@q/core';

/** Sleeps, and says for how many seconds. */
export const sleeper = task<(seconds: number) => number>('sleeper');
