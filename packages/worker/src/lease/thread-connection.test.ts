import { describe, expect, it } from 'vitest';
import { reconnectDelays } from './thread-connection.ts';

const attempts = Array.from({ length: 30 }, (_, at) => at + 1);

describe('the lease thread connects again', () => {
  it('at least six times in the time that a lease lasts, however short that is', () => {
    const interval = 1_000 / 3;
    const delay = reconnectDelays(interval);
    for (const times of attempts) expect(delay(times)).toBeLessThanOrEqual(interval / 2);
  });

  it('after longer and longer pauses up to a second, each cut at random', () => {
    const delay = reconnectDelays(20_000);
    const most = (times: number): number => Math.min(1_000, 50 * 2 ** times);
    for (const times of attempts) {
      expect(delay(times)).toBeLessThanOrEqual(most(times));
      expect(delay(times)).toBeGreaterThanOrEqual(most(times) / 2);
    }
    expect(new Set(attempts.map(() => delay(10))).size).toBeGreaterThan(1);
  });
});
