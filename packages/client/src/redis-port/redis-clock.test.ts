import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { monotonicNow } from '../monotonic-now.ts';
import { createRedisClock, type LearningClock } from './redis-clock.ts';

/** An answer that comes now and took `trip` ms, from a server whose clock is `ahead` of this machine's. */
function learn(clock: LearningClock, ahead: number, trip: number, asymmetry = 0): void {
  const receivedAt = monotonicNow();
  const truth = Date.now() - trip / 2 + ahead;
  clock.learn({ redisNow: Math.floor(truth + asymmetry), sentAt: receivedAt - trip, receivedAt });
}

const error = (clock: LearningClock, ahead: number): number => Math.abs(clock.now() - (Date.now() + ahead));

/** Ms: whole ones are said, and Redis rounds down. */
const rounding = 1;

describe('the clock of Redis', () => {
  // Both clocks stand still: what is compared is one moment.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('is the local one until Redis has said something', () => {
    expect(error(createRedisClock(), 0)).toBeLessThanOrEqual(rounding);
  });

  it.each([-90_000, 0, 90_000])('is learned from one answer of a server that is %i ms ahead', (ahead) => {
    const clock = createRedisClock();
    learn(clock, ahead, 40);
    expect(error(clock, ahead)).toBeLessThanOrEqual(rounding);
  });

  it('is not blurred by slow answers once a fast one was there', () => {
    const clock = createRedisClock();
    learn(clock, 90_000, 2);
    learn(clock, 90_000, 400, 180);
    expect(error(clock, 90_000)).toBeLessThanOrEqual(rounding);
  });

  it('follows when somebody sets the clock of the server', () => {
    const clock = createRedisClock();
    learn(clock, 0, 2);
    learn(clock, -5_000, 40);
    expect(error(clock, -5_000)).toBeLessThanOrEqual(rounding);
  });
});
