import { noTries } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { LeaseLostError, TaskAbortedError, TaskTimeoutError, WorkerStoppingError } from '../errors.ts';
import { Flight } from './flight.ts';
import type { Interruption } from './run.ts';

const create = (): Flight =>
  new Flight({ id: 'a', claim: 1, tries: noTries, nonce: '', lock: '', ttl: null, envelope: null }, 30_000);

describe('a flight', () => {
  it.each<[Interruption, new (...args: never[]) => Error]>([
    [{ kind: 'timed-out', after: 5 }, TaskTimeoutError],
    [{ kind: 'aborted' }, TaskAbortedError],
    [{ kind: 'shut-down' }, WorkerStoppingError],
    [{ kind: 'lost' }, LeaseLostError],
  ])('aborts its signal with the reason when it is interrupted: %o', (interruption, reason) => {
    const before = create();
    const { signal } = before;
    before.interrupt(interruption);
    expect(signal.reason).toBeInstanceOf(reason);
    const after = create();
    after.interrupt(interruption);
    expect([after.signal.aborted, after.signal.reason instanceof reason]).toEqual([true, true]);
  });

  it('is decided once: by its end or by the first interruption', () => {
    const interrupted = create();
    const heard: string[] = [];
    interrupted.onInterrupted(({ kind }) => heard.push(kind));
    interrupted.interrupt({ kind: 'aborted' });
    interrupted.interrupt({ kind: 'shut-down' });
    expect([heard, interrupted.decide()]).toEqual([['aborted'], false]);
    const ended = create();
    expect(ended.decide()).toBe(true);
    ended.interrupt({ kind: 'aborted' });
    expect(ended.signal.aborted).toBe(false);
  });

  it('lands once', () => {
    const flight = create();
    expect([flight.land(), flight.land()]).toEqual([true, false]);
  });
});
