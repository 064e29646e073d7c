import { task } from '@q/core';
import { z } from 'zod';

/** Counts the primes below a number, and measures how long the worker's event loop was held up meanwhile. */
export const countPrimes = task('primes.count', {
  input: z.object({ below: z.number().int().min(2).max(50_000_000) }),
  output: z.object({ primes: z.number(), ms: z.number(), longestLoopDelayMs: z.number() }),
  timeout: '2m',
});
