import { describe, expect, it } from 'vitest';
import { runLoop } from './run-loop.ts';

describe('a loop', () => {
  it('goes on after a pass that threw, and says which', async () => {
    const stop = new AbortController();
    const errors: unknown[] = [];
    let passes = 0;
    const pass = async () => {
      passes += 1;
      if (passes === 3) stop.abort();
      if (passes === 1) throw new Error('boom');
      return 0;
    };
    await runLoop(
      { name: 'test', pass, restAfterError: 1, onError: (error, name) => errors.push([name, error]) },
      stop.signal,
    );
    expect(passes).toBe(3);
    expect(errors).toEqual([['test', new Error('boom')]]);
  });

  it('ends at once when it is stopped while it rests', async () => {
    const stop = new AbortController();
    const pass = async () => {
      queueMicrotask(() => stop.abort());
      return 60_000;
    };
    await runLoop({ name: 'test', pass, restAfterError: 1, onError: () => undefined }, stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });

  it('is called from its rest by news, also by those of its pass, and hears none after its end', async () => {
    const stop = new AbortController();
    let tell: (() => void) | null = null;
    let passes = 0;
    const pass = async () => {
      passes += 1;
      if (passes === 1) tell?.();
      if (passes === 2) setImmediate(() => tell?.());
      if (passes === 3) stop.abort();
      return 60_000;
    };
    const onNews = (listener: () => void) => {
      tell = listener;
      return () => {
        tell = null;
      };
    };
    const options = { name: 'test', pass, restAfterError: 1, onError: () => undefined, onNews };
    await runLoop(options, stop.signal);
    expect(passes).toBe(3);
    expect(tell).toBeNull();
  });

  it('is silent about what a pass throws because it was stopped', async () => {
    const stop = new AbortController();
    const errors: unknown[] = [];
    const pass = async () => {
      stop.abort();
      throw new Error('stopped');
    };
    await runLoop(
      { name: 'test', pass, restAfterError: 1, onError: (error) => errors.push(error) },
      stop.signal,
    );
    expect(errors).toEqual([]);
  });
});
