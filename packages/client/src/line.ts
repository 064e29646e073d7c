import { type Batchable, batchLength } from './take-batch.ts';

interface Placed extends Batchable {
  readonly place: number;
  readonly expiresAt: number;
}

/** Items that wait to be sent, oldest first. */
export class Line<Item extends Placed> {
  /** Those before `#head` have left; moving all others up for each batch would cost more than the batch. */
  #items: Item[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
  }

  /** As many as go into one call. */
  takeBatch(): readonly Item[] {
    return this.#take(batchLength(this.#items, this.#head));
  }

  /** Those whose time is over. */
  takeExpired(now: number): readonly Item[] {
    let count = 0;
    while ((this.#items[this.#head + count]?.expiresAt ?? Number.POSITIVE_INFINITY) <= now) count += 1;
    return this.#take(count);
  }

  /** Puts items back to where they were. */
  giveBack(items: readonly Item[]): void {
    for (const { bytes } of items) this.#bytes += bytes;
    const waiting = this.#items.slice(this.#head);
    this.#items = [...items, ...waiting].sort((one, other) => one.place - other.place);
    this.#head = 0;
  }

  #take(count: number): readonly Item[] {
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#head += count;
    for (const { bytes } of taken) this.#bytes -= bytes;
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
