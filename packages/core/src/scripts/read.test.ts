import { expect } from 'vitest';
import { noTries } from '../protocol/tries.ts';
import { read } from './read.ts';
import { test } from './test-support/queue-under-test.ts';
import { sampleItem } from './test-support/sample-values.ts';

test('everything that is known of tasks is read at once and nothing is written', async ({ queue }) => {
  await queue.join('w1');
  const now = await queue.now();
  const tries = { tries: 1, attempts: 2, crashes: 0, firstUnknownAt: null };
  await queue.put(['retried', 'held', 'waits']);
  await queue.take('w1', 2);
  await queue.settle('w1', 1, {
    retried: { kind: 'retry', start: { kind: 'at', at: now + 9_000 }, tries, error: '{"e":1}', lock: '' },
  });
  await queue.enqueue(sampleItem('planned', { start: { kind: 'at', at: now + 5_000 } }));
  const before = await queue.dump();

  const { items } = await queue.run(read, { ids: ['held', 'never', 'waits', 'planned', 'retried'] });

  const value = expect.any(Buffer);
  const plain = { value, tag: null, dueAt: null, tries: noTries, history: [] };
  expect(items).toEqual([
    { ...plain, tag: 'w1|1' },
    null,
    plain,
    { ...plain, dueAt: now + 5_000 },
    { ...plain, dueAt: now + 9_000, tries, history: ['{"e":1}'] },
  ]);
  expect(await queue.dump()).toEqual(before);
});
