import type { SettleItem } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { SettleQueue } from './settle-queue.ts';

function item(id: number, bytes = 10): SettleItem {
  return {
    id: `t${id}`,
    claim: 1,
    outcome: {
      kind: 'succeed',
      ttl: null,
      nonce: '',
      lock: '',
      keepLock: false,
      finishedAt: 1,
      body: 'x'.repeat(bytes),
    },
  };
}

function queueOf(items: readonly SettleItem[]): SettleQueue {
  const queue = new SettleQueue();
  for (const each of items) queue.add(each);
  return queue;
}

const sizesOf = (queue: SettleQueue): number[] => {
  const sizes: number[] = [];
  while (queue.size > 0) sizes.push(queue.take().length);
  return sizes;
};

describe('what one call carries', () => {
  it.each([
    [1, [1]],
    [300, [300]],
    [301, [300, 1]],
    [650, [300, 300, 50]],
  ])('is at most 300 of %i outcomes', (count, sizes) => {
    expect(sizesOf(queueOf(Array.from({ length: count }, (_, index) => item(index))))).toEqual(sizes);
  });

  it('is at most 256 KiB', () => {
    expect(sizesOf(queueOf([item(1, 200_000), item(2, 50_000), item(3, 50_000)]))).toEqual([2, 1]);
  });

  it('is one outcome larger than that', () => {
    expect(sizesOf(queueOf([item(1), item(2, 900_000), item(3)]))).toEqual([1, 1, 1]);
  });

  it('is in the order of the ends', () => {
    const queue = queueOf([item(1), item(2)]);
    expect(queue.take().map(({ id }) => id)).toEqual(['t1', 't2']);
  });
});
