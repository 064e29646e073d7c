import { setTimeout as sleep } from 'node:timers/promises';

/** Delays what goes one way, and keeps its order while the delay changes. */
export class OrderedDelay {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param ms - 0 acts at once, unless something before it still waits. */
  pass(ms: number, act: () => void): void {
    if (ms === 0 && this.#waiting === 0) {
      act();
      return;
    }
    this.#waiting += 1;
    this.#last = Promise.all([this.#last, sleep(ms)]).then(() => {
      this.#waiting -= 1;
      act();
    });
  }
}
