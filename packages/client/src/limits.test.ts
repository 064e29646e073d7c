import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { OutOfTimeError, withinLimits } from './limits.ts';
import { monotonicNow } from './monotonic-now.ts';

const ever = Number.POSITIVE_INFINITY;

describe('something with limits', () => {
  it('settles once, and is told to stop however it ends', async () => {
    const stopped: string[] = [];
    const ended = (name: string) => (): void => {
      stopped.push(name);
    };
    const { signal } = new AbortController();
    await withinLimits<void>({ until: ever, signal }, (resolve) => {
      resolve();
      return ended('at once');
    });
    await withinLimits({ until: monotonicNow() + 5 }, () => ended('in time')).catch(() => undefined);
    const refused = withinLimits({ until: ever }, (_resolve, reject) => {
      setImmediate(reject);
      return ended('refused');
    });
    await refused.catch(() => undefined);
    expect(stopped).toEqual(['at once', 'in time', 'refused']);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('does not begin when a limit is reached already', async () => {
    let hasBegun = false;
    const begin = (): (() => void) => {
      hasBegun = true;
      return () => undefined;
    };
    const reason = new Error('enough');
    await expect(withinLimits({ until: ever, signal: AbortSignal.abort(reason) }, begin)).rejects.toBe(
      reason,
    );
    await expect(withinLimits({ until: monotonicNow() - 1 }, begin)).rejects.toBeInstanceOf(OutOfTimeError);
    expect(hasBegun).toBe(false);
  });

  it('may take longer than a timer can count', async () => {
    const answer = withinLimits<number>({ until: monotonicNow() + 2 ** 33 }, (resolve) => {
      const timer = setTimeout(resolve, 5, 1);
      return () => clearTimeout(timer);
    });
    expect(await answer).toBe(1);
  });
});
