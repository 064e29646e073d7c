import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { OutOfTimeError } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';
import { Unanswered } from './unanswered.ts';

const ever = Number.POSITIVE_INFINITY;
const silent = (): Promise<never> => new Promise(() => undefined);

describe('calls without an answer', () => {
  it('settle as the answer does', async () => {
    const unanswered = new Unanswered();
    const refusal = new Error('no');
    await expect(unanswered.track(() => Promise.resolve(1), { until: ever })).resolves.toBe(1);
    await expect(unanswered.track(() => Promise.reject(refusal), { until: ever })).rejects.toBe(refusal);
  });

  it('reject each at its own time, whichever came first', async () => {
    const unanswered = new Unanswered();
    const ends: string[] = [];
    const call = async (name: string, ms: number): Promise<void> => {
      const refused = await unanswered.track(silent, { until: monotonicNow() + ms }).catch((error) => error);
      expect(refused).toBeInstanceOf(OutOfTimeError);
      ends.push(name);
    };
    await Promise.all([call('slow', 60), call('fast', 5), call('next', 30)]);
    expect(ends).toEqual(['fast', 'next', 'slow']);
  });

  it('are not sent when a limit is reached already', async () => {
    const unanswered = new Unanswered();
    const reason = new Error('enough');
    const sent: string[] = [];
    const send = (): Promise<number> => Promise.resolve(sent.push('call'));
    const aborted = { until: ever, signal: AbortSignal.abort(reason) };
    await expect(unanswered.track(send, aborted)).rejects.toBe(reason);
    await expect(unanswered.track(send, { until: monotonicNow() - 1 })).rejects.toThrow(OutOfTimeError);
    expect(sent).toEqual([]);
  });

  it('reject with the reason of their own signal, and leave others alone', async () => {
    const unanswered = new Unanswered();
    const [mine, other] = [new AbortController(), new AbortController()];
    const left = unanswered.track(silent, { until: ever, signal: mine.signal });
    const kept = unanswered.track(silent, { until: ever, signal: other.signal }).catch((error) => error);
    mine.abort(new Error('mine'));
    await expect(left).rejects.toThrow('mine');
    unanswered.rejectAll(new Error('all'));
    expect(await kept).toHaveProperty('message', 'all');
  });

  it('share one listener for each signal, however many there are', () => {
    const unanswered = new Unanswered();
    const { signal } = new AbortController();
    for (let call = 0; call < 100; call += 1) void unanswered.track(silent, { until: ever, signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});
