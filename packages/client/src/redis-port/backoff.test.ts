import { expect, it } from 'vitest';
import { retryDelay } from './backoff.ts';

it('the rest between two tries doubles from 50 ms to 1 s, half of it by chance', () => {
  expect([0, 1, 2, 3, 4, 5, 500].map((attempt) => retryDelay(attempt, 1))).toEqual([
    50, 100, 200, 400, 800, 1_000, 1_000,
  ]);
  expect([0, 4, 500].map((attempt) => retryDelay(attempt, 0))).toEqual([25, 400, 500]);
});
