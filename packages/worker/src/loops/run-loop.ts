import { setImmediate as nextTurn } from 'node:timers/promises';
import { Latch } from '../latch.ts';

export interface LoopOptions {
  /** For the log. */
  readonly name: string;
  /** One round of work; answers how long to rest afterwards, ms. */
  readonly pass: (signal: AbortSignal) => Promise<number>;
  /** Rest after a pass that threw, ms. */
  readonly restAfterError: number;
  /** Subscribes to what ends a rest early; answers how to unsubscribe. */
  readonly onNews?: (listener: () => void) => () => void;
  readonly onError: (error: unknown, name: string) => void;
}

/** Runs `pass` until the signal aborts. Every background activity of a worker is one of these. Never rejects. */
export async function runLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const news = new Latch();
  let hasNews = false;
  const unlisten = options.onNews?.(() => {
    hasNews = true;
    news.notify();
  });
  while (!signal.aborted) {
    hasNews = false;
    const rest = await options.pass(signal).catch((error: unknown) => {
      if (!signal.aborted) options.onError(error, options.name);
      return options.restAfterError;
    });
    // A timer of 0 ms takes a whole one.
    if (rest <= 0) await nextTurn();
    else await news.until(() => hasNews, { signal, atMost: rest });
  }
  unlisten?.();
}
