/** How long to wait at most. */
export interface WaitLimits {
  readonly signal: AbortSignal;
  /** ms */
  readonly atMost?: number;
}

/** Wakes those who wait for something to change; each looks for itself whether it has. */
export class Latch {
  #waiting = new Set<() => void>();

  notify(): void {
    if (this.#waiting.size === 0) return;
    const woken = this.#waiting;
    this.#waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves when the condition holds, when the signal aborts, and when the time is over. */
  async until(condition: () => boolean, { signal, atMost }: WaitLimits): Promise<void> {
    const end = atMost === undefined ? Number.POSITIVE_INFINITY : performance.now() + atMost;
    while (!condition() && !signal.aborted) {
      const left = end - performance.now();
      if (left <= 0) return;
      await this.#next(signal, left);
    }
  }

  #next(signal: AbortSignal, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(wake, Math.ceil(ms));
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}
