import { describe, expect, it } from 'vitest';
import { type Batchable, batchLength, mostBytes, mostItems } from './take-batch.ts';

const item = (id: string, bytes = 300): Batchable => ({ id, nonce: 'given', bytes });
const items = (count: number, bytes?: number): Batchable[] =>
  Array.from({ length: count }, (_, at) => item(`id-${at}`, bytes));

describe('a batch', () => {
  it.each([
    ['nothing of nothing', [], 0],
    ['all while there are few', items(5), 5],
    ['200 at most', items(mostItems), mostItems],
    ['200 of more', items(mostItems + 1), mostItems],
    ['as many as fit into 256 KiB', items(9, mostBytes / 4), 4],
    ['a larger one alone', [item('large', mostBytes * 3), item('small')], 1],
    ['none that is large after a small one', [item('small'), item('large', mostBytes)], 1],
    ['no id twice', [item('a'), item('b'), item('a'), item('c')], 2],
  ])('takes %s', (_rule, waiting, taken) => {
    expect(batchLength(waiting)).toBe(taken);
  });
});
