/** Work that may wait here for a slot, ms: longer than a claim takes, and too short for anybody to miss it. */
const horizon = 5;
/** Behind a task that takes longer, ms, nothing waits. */
const longRun = 10;
/** Busy time over which a change of pace is noticed, ms. */
const memory = 50;
/** Weight of a short run after long ones: long runs are felt at once, the end of them within a few dozen. */
const recency = 0.1;

/**
 * How quickly this worker gets done with tasks, and so how many of them to claim ahead of its free slots. What counts is
 * how many end per ms of busy time: that holds for handlers that wait for others as well as for such that use the
 * processor, of which a worker runs one at a time whatever its concurrency.
 */
export class Pace {
  /** Upper bound of what is claimed ahead. */
  readonly #most: number;
  /** Monotonic ms. */
  readonly #now: () => number;
  /** Held here and not ended. */
  #held = 0;
  #busySince = 0;
  /** Both of the recent past, older ones counting for less. */
  #ended = 0;
  #busy = 0;
  /** ms */
  #longest = 0;

  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#now = now;
  }

  /** Deliveries have come. */
  came(count: number): void {
    if (this.#held === 0) this.#busySince = this.#now();
    this.#held += count;
  }

  /** One of them has run for so many ms. */
  ran(ms: number): void {
    this.#ended += 1;
    this.#longest = Math.max(ms, this.#longest + (ms - this.#longest) * recency);
  }

  /** One of them is not held any more. */
  went(): void {
    this.#held -= 1;
    if (this.#held === 0) this.#note();
  }

  /** Tasks wait here that should long have begun: nothing is claimed ahead until short runs end again. */
  stuck(): void {
    this.#longest = Math.max(this.#longest, 10 * longRun);
  }

  /** How many tasks may wait here for a slot. None while there is nothing to do: the first to come are not for one worker alone. */
  get ahead(): number {
    if (this.#most === 0 || this.#held === 0) return 0;
    this.#note();
    if (this.#longest > longRun || this.#busy === 0) return 0;
    return Math.min(this.#most, Math.floor((this.#ended / this.#busy) * horizon));
  }

  #note(): void {
    const now = this.#now();
    const busy = now - this.#busySince;
    this.#busySince = now;
    const kept = memory / (memory + busy);
    this.#busy = (this.#busy + busy) * kept;
    this.#ended *= kept;
  }
}
