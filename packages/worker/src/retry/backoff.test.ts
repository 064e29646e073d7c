import { describe, expect, it } from 'vitest';
import { retryDelay, unknownDelay } from './backoff.ts';

describe('the time until the next try', () => {
  it.each([
    [1, 1_000],
    [2, 4_000],
    [3, 9_000],
    [10, 100_000],
  ])('is the square of try %i in seconds', (tries, ms) => {
    expect(retryDelay(tries)).toBe(ms);
  });
});

describe('the time until a task without a handler is looked at again', () => {
  it.each([
    ['the first time', null, 1_000],
    ['after 1 s', 99_000, 1_000],
    ['after 2 s', 98_000, 2_000],
    ['after 4 s', 96_000, 4_000],
    ['after 100 s', 0, 60_000],
    ['when the clock went back', 200_000, 1_000],
  ])('%s doubles what it has waited, within 1 s and 60 s', (_when, first, ms) => {
    expect(unknownDelay(first, 100_000)).toBe(ms);
  });
});
