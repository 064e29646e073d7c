import { noTries } from '@q/core/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { countCreated } from '../test-support/created-resources.ts';
import { Flight } from './flight.ts';
import { Timeouts } from './timeouts.ts';

const create = (id: string): Flight =>
  new Flight({ id, claim: 1, tries: noTries, nonce: '', lock: '', ttl: null, envelope: null }, 30_000);

/** Resolves with what interrupts it. */
const interrupted = (flight: Flight): Promise<string> =>
  new Promise((resolve) => flight.onInterrupted(({ kind }) => resolve(`${flight.delivery.id} ${kind}`)));

describe('timeouts of runs', () => {
  it('interrupt each run when its own time is over', async () => {
    // On a busy machine 40 ms may be over before 10 ms have been used.
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const timeouts = new Timeouts();
    const [slow, fast, next] = [create('slow'), create('fast'), create('next')];
    const ends: string[] = [];
    const [first, second, third] = [slow, fast, next].map(async (flight) => {
      ends.push(await interrupted(flight));
    });
    timeouts.start(slow, 40);
    timeouts.start(fast, 5);
    await vi.advanceTimersByTimeAsync(5);
    await second;
    timeouts.start(next, 5);
    await vi.advanceTimersByTimeAsync(35);
    await Promise.all([first, third]);
    expect(ends).toEqual(['fast timed-out', 'next timed-out', 'slow timed-out']);
  });

  it('leave a run alone that has ended', async () => {
    const timeouts = new Timeouts();
    const [ended, late] = [create('ended'), create('late')];
    timeouts.start(ended, 5);
    timeouts.start(late, 5);
    timeouts.end(ended, 5);
    await interrupted(late);
    expect([ended.isInterrupted, late.isInterrupted]).toEqual([false, true]);
  });

  it('take one timer for all runs that may take equally long, however many', () => {
    const timeouts = new Timeouts();
    const flights = Array.from({ length: 1_000 }, (_, n) => create(String(n)));
    const created = countCreated();
    for (const flight of flights) timeouts.start(flight, 60_000);
    for (const flight of flights) timeouts.start(flight, 90_000);
    for (const flight of flights) timeouts.end(flight, 60_000);
    created.stop();
    expect(created.counts).toEqual({ Timeout: 2 });
  });
});
