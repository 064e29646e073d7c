import { atEndOfTick } from './at-end-of-tick.ts';

export interface TickBatchOptions<Item, Answer> {
  readonly most: number;
  /** Answers in the order of the items. */
  readonly send: (items: readonly Item[]) => Promise<readonly Answer[]>;
  /** What a failure of the whole call means for one item. */
  readonly errorFor: (item: Item, error: unknown) => unknown;
}

interface Asked<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions of one tick that go out together. Answers do not depend on each other, so several calls may be under way. */
export class TickBatch<Item, Answer> {
  readonly #options: TickBatchOptions<Item, Answer>;
  #asked: Asked<Item, Answer>[] = [];

  constructor(options: TickBatchOptions<Item, Answer>) {
    this.#options = options;
  }

  ask(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#asked.push({ item, resolve, reject }) === 1) atEndOfTick(() => this.#flush());
    });
  }

  #flush(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let from = 0; from < asked.length; from += this.#options.most) {
      void this.#send(asked.slice(from, from + this.#options.most));
    }
  }

  async #send(asked: readonly Asked<Item, Answer>[]): Promise<void> {
    const { send, errorFor } = this.#options;
    try {
      const answers = await send(asked.map(({ item }) => item));
      for (const [at, { item, resolve, reject }] of asked.entries()) {
        const answer = answers[at];
        if (answer === undefined)
          reject(errorFor(item, new RangeError(`${answers.length} answers to ${asked.length} questions`)));
        else resolve(answer);
      }
    } catch (error) {
      for (const { item, reject } of asked) reject(errorFor(item, error));
    }
  }
}
