/** As much of a waiting item as decides which call carries it. */
export interface Batchable {
  readonly outgoing: { readonly id: string; readonly bytes: number };
}

export const mostItems = 200;
export const mostBytes = 262_144;

/**
 * How many items, from the first on, go into the next call: never past 200 or 256 KiB, unless a single one is larger,
 * and never past an id that is in it already. The second of two equal ids has to be answered by what the first one wrote.
 */
export function batchLength(waiting: readonly Batchable[]): number {
  const ids = new Set<string>();
  let bytes = 0;
  for (const { outgoing } of waiting) {
    bytes += outgoing.bytes;
    const isFull = ids.size === mostItems || (ids.size > 0 && bytes > mostBytes);
    if (isFull || ids.has(outgoing.id)) break;
    ids.add(outgoing.id);
  }
  return ids.size;
}
