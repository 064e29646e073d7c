/** As much of a waiting item as decides which call carries it. */
export interface Batchable {
  readonly id: string;
  /** Empty for a generated id, which is like no other. */
  readonly nonce: string;
  readonly bytes: number;
}

export const mostItems = 200;
export const mostBytes = 262_144;

/**
 * How many items, from the one at `from` on, go into the next call: never past 200 or 256 KiB, unless a single one is
 * larger, and never past an id that is in it already. The second of two equal ids has to be answered by what the first
 * one wrote.
 */
export function batchLength(waiting: readonly Batchable[], from = 0): number {
  const most = Math.min(mostItems, waiting.length - from);
  let given: Set<string> | undefined;
  let bytes = 0;
  for (let count = 0; count < most; count += 1) {
    const item = waiting[from + count];
    if (item === undefined) return count;
    bytes += item.bytes;
    if (count > 0 && bytes > mostBytes) return count;
    if (item.nonce === '') continue;
    given ??= new Set();
    if (given.has(item.id)) return count;
    given.add(item.id);
  }
  return most;
}
