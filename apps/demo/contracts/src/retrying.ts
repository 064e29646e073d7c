import { task } from '@q/core';

/** Asks for a retry until its third try. */
export const retrying = task<() => boolean>('retrying');
