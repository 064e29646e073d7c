/** Room for runs. A slot is taken when a handler is called, and given back when the handler has really ended. */
export class Slots {
  #taken = 0;
  readonly #most: number;
  readonly #onFree: () => void;

  constructor(most: number, onFree: () => void) {
    this.#most = most;
    this.#onFree = onFree;
  }

  get free(): number {
    return Math.max(0, this.#most - this.#taken);
  }

  get taken(): number {
    return this.#taken;
  }

  take(): void {
    this.#taken += 1;
  }

  giveBack(): void {
    this.#taken -= 1;
    this.#onFree();
  }
}
