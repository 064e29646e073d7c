/** Items that arrive one by one and are each handed to one taker. */
export interface ExpectedItems<Item> {
  readonly all: readonly Item[];
  readonly add: (item: Item) => void;
  /** Resolves with the first item that fits and that no earlier call took, also one that came before this call. */
  readonly take: (fits: (item: Item) => boolean) => Promise<Item>;
  /** Makes every open and later `take` fail that finds nothing. */
  readonly end: (reason: () => Error) => void;
}

interface Taker<Item> {
  readonly fits: (item: Item) => boolean;
  readonly resolve: (item: Item) => void;
  readonly reject: (error: Error) => void;
}

export function expectedItems<Item>(): ExpectedItems<Item> {
  const all: Item[] = [];
  const untaken: Item[] = [];
  const takers: Taker<Item>[] = [];
  let ended: (() => Error) | undefined;
  return {
    all,
    add: (item) => {
      all.push(item);
      const position = takers.findIndex((taker) => taker.fits(item));
      if (position < 0) untaken.push(item);
      else takers.splice(position, 1)[0]?.resolve(item);
    },
    take: (fits) => {
      const position = untaken.findIndex(fits);
      const [found] = position < 0 ? [] : untaken.splice(position, 1);
      if (found !== undefined) return Promise.resolve(found);
      if (ended !== undefined) return Promise.reject(ended());
      return new Promise((resolve, reject) => takers.push({ fits, resolve, reject }));
    },
    end: (reason) => {
      ended = reason;
      for (const taker of takers.splice(0)) taker.reject(reason());
    },
  };
}
