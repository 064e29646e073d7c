import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

export interface LoopOptions {
  /** For the log. */
  readonly name: string;
  /** One round of work; answers how long to rest afterwards, ms. */
  readonly pass: (signal: AbortSignal) => Promise<number>;
  /** Rest after a pass that threw, ms. */
  readonly restAfterError: number;
  readonly onError: (error: unknown, name: string) => void;
}

/** Runs `pass` until the signal aborts. Every background activity of a worker is one of these. Never rejects. */
export async function runLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const rest = await options.pass(signal).catch((error: unknown) => {
      if (!signal.aborted) options.onError(error, options.name);
      return options.restAfterError;
    });
    // A timer of 0 ms takes a whole one.
    if (rest <= 0) await nextTurn();
    else await sleep(rest, undefined, { signal }).catch(() => undefined);
  }
}
