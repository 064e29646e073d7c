/** A stream of numbers that a seed determines. */
export interface Random {
  /** From 0 up to, but without, 1. */
  readonly next: () => number;
  /** A whole number from 0 up to, but without, `below`. */
  readonly below: (below: number) => number;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
}

/** Not for secrets: a linear congruential step whose state is mixed before it is shown. */
export function seededRandom(seed: number): Random {
  let state = (seed ^ 0x9e37_79b9) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x45d9_f3b);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9_f3b);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] };
}

/** The same items in an order that chance determines. */
export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
