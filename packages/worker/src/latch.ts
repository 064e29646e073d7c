/** How long to wait at most. */
export interface WaitLimits {
  readonly signal: AbortSignal;
  /** ms */
  readonly atMost?: number;
}

interface Waiting {
  readonly isOver: () => boolean;
  readonly wake: () => void;
}

/**
 * Lets those go on whose condition has come to hold. Conditions are asked with every change, some of which happen once
 * per task: asking is all that a change costs, and nobody wakes in vain.
 */
export class Latch {
  #waiting: Waiting[] = [];

  notify(): void {
    for (const waiting of this.#waiting) {
      if (!waiting.isOver()) continue;
      // A new list: this one is being walked.
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.wake();
    }
  }

  /** Resolves when the condition holds, when the signal aborts, and when the time is over. */
  until(condition: () => boolean, { signal, atMost }: WaitLimits): Promise<void> {
    if (condition() || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = { isOver: condition, wake: (): void => wake() };
      const wake = (): void => {
        signal.removeEventListener('abort', giveUp);
        clearTimeout(timer);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        wake();
      };
      const timer = atMost === undefined ? undefined : setTimeout(giveUp, Math.max(0, Math.ceil(atMost)));
      signal.addEventListener('abort', giveUp);
      this.#waiting.push(waiting);
    });
  }
}
