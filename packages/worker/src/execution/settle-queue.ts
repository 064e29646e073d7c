import { byteLength, type SettleItem } from '@q/core/wire';
import { mostSettles } from './settle-call.ts';

const mostBytes = 262_144;
/** Id, numbers and texts of an item beside its body. */
const itemBytes = 256;

/** Outcomes that wait for the next call, oldest first. */
export class SettleQueue {
  #items: SettleItem[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: SettleItem): void {
    this.#items.push(item);
  }

  /** As many as one call may carry; one at least, however large. */
  take(): SettleItem[] {
    const count = countThatFits(this.#items);
    const taken = this.#items.slice(0, count);
    this.#items = this.#items.slice(count);
    return taken;
  }

  clear(): void {
    this.#items = [];
  }
}

function countThatFits(items: readonly SettleItem[]): number {
  let bytes = 0;
  let count = 0;
  for (const { outcome } of items) {
    bytes +=
      itemBytes +
      ('body' in outcome ? byteLength(outcome.body) : 'error' in outcome ? byteLength(outcome.error) : 0);
    if (count > 0 && (bytes > mostBytes || count === mostSettles)) break;
    count += 1;
  }
  return count;
}
