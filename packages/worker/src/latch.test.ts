import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Latch } from './latch.ts';

const never = (): AbortSignal => new AbortController().signal;

describe('a latch', () => {
  it('lets through at once when the condition holds', async () => {
    await expect(new Latch().until(() => true, { signal: never() })).resolves.toBeUndefined();
  });

  it('wakes those who wait, who go on waiting until their condition holds', async () => {
    const latch = new Latch();
    let count = 0;
    const waiting = latch.until(() => count === 2, { signal: never() });
    count = 1;
    latch.notify();
    await Promise.resolve();
    count = 2;
    latch.notify();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('lets go when the signal aborts, and when the time is over', async () => {
    const stop = new AbortController();
    const waiting = new Latch().until(() => false, { signal: stop.signal });
    stop.abort();
    await waiting;
    await new Latch().until(() => false, { signal: stop.signal });
    await new Latch().until(() => false, { signal: never(), atMost: 1 });
  });

  it('listens to a signal once, however often somebody waits', async () => {
    const latch = new Latch();
    const { signal } = new AbortController();
    for (let turn = 0; turn < 3; turn += 1) {
      let isOver = false;
      const waiting = latch.until(() => isOver, { signal });
      isOver = true;
      latch.notify();
      await waiting;
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});
