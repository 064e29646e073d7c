/** How long to wait at most. */
export interface WaitLimits {
  readonly signal: AbortSignal;
  /** ms */
  readonly atMost?: number;
}

interface Waiting {
  readonly isOver: () => boolean;
  readonly signal: AbortSignal;
  readonly wake: () => void;
}

/**
 * Lets those go on whose condition has come to hold. Conditions are asked with every change, some of which happen once
 * per task: asking is all that a change costs, and nobody wakes in vain.
 */
export class Latch {
  #waiting: Waiting[] = [];
  /** They keep their listener: these are signals of loops, which wait again and again. */
  readonly #heard = new WeakSet<AbortSignal>();

  notify(): void {
    for (const waiting of this.#waiting) if (waiting.isOver()) this.#wake(waiting);
  }

  /** Resolves when the condition holds, when the signal aborts, and when the time is over. */
  until(condition: () => boolean, { signal, atMost }: WaitLimits): Promise<void> {
    if (condition() || signal.aborted) return Promise.resolve();
    this.#hear(signal);
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const waiting = { isOver: condition, signal, wake };
      if (atMost !== undefined) timer = setTimeout(() => this.#wake(waiting), Math.max(0, Math.ceil(atMost)));
      this.#waiting.push(waiting);
    });
  }

  #wake(waiting: Waiting): void {
    // A new list: the old one may be walked at the moment.
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.wake();
  }

  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener('abort', () => {
      for (const waiting of this.#waiting) if (waiting.signal === signal) this.#wake(waiting);
    });
  }
}
