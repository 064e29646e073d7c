import { expect } from 'vitest';
import { held } from './held.ts';
import { test } from './test-support/queue-under-test.ts';
import { sampleResult } from './test-support/sample-values.ts';

test('what a worker holds is listed by claim, without what it has settled', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  await queue.take('w1', 2);
  await queue.take('w1', 1, { acked: 1 });
  await queue.settle('w1', 1, { a: sampleResult('succeed') });
  const before = await queue.dump();

  const reply = await queue.run(held, { worker: 'w1' });

  expect(reply).toEqual({
    kind: 'held',
    now: expect.any(Number),
    claims: new Map([
      [1, ['b']],
      [2, ['c']],
    ]),
    keptLocks: [],
  });
  expect(await queue.dump()).toEqual(before);
});

test('claims are listed in the order of their numbers, also beyond nine', async ({ queue }) => {
  await queue.join('w1');
  for (let at = 0; at < 11; at += 1) {
    await queue.put([`t${at}`]);
    await queue.take('w1', 1, { acked: at });
  }

  const reply = await queue.run(held, { worker: 'w1' });

  expect(reply.kind === 'held' && [...reply.claims.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a worker that holds nothing holds nothing, and one that nobody knows has lapsed', async ({ queue }) => {
  await queue.join('w1');

  expect(await queue.run(held, { worker: 'w1' })).toMatchObject({ kind: 'held', claims: new Map() });
  expect(await queue.run(held, { worker: 'ghost' })).toEqual({ kind: 'lapsed', now: expect.any(Number) });
});

test('locks that a worker keeps of runs that have not returned are listed, those of others and of running tasks are not', async ({
  queue,
}) => {
  await queue.join('w1', 'w10');
  await queue.redis.hset(queue.keys.unique, {
    kept: 'a,b,5,w1|3,1800000000000',
    running: 'c,w1|4',
    other: 'd,w10|1,1800000000000',
  });

  expect(await queue.run(held, { worker: 'w1' })).toMatchObject({
    keptLocks: [{ lock: 'kept', id: 'a,b,5', claim: 3 }],
  });
});
