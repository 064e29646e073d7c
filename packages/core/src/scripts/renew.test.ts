import { expect } from 'vitest';
import { abort } from './abort.ts';
import { renew } from './renew.ts';
import { lease, test } from './test-support/queue-under-test.ts';
import { sampleItem } from './test-support/sample-values.ts';

test('a renewal moves the end of the lease', async ({ queue }) => {
  await queue.join('w1');
  queue.later(10_000);
  const now = await queue.now();

  expect(await queue.run(renew, { worker: 'w1', lease })).toEqual({
    kind: 'renewed',
    now: expect.any(Number),
    aborts: [],
  });

  expect(Number(await queue.redis.zscore(queue.keys.workers, 'w1'))).toBeGreaterThanOrEqual(now + lease);
});

test('only joining and renewing extend a lease, claiming does not', async ({ queue }) => {
  await queue.join('w1');
  const end = await queue.redis.zscore(queue.keys.workers, 'w1');
  queue.later(10_000);
  await queue.put(['a']);
  await queue.take('w1', 1, { tend: true });

  expect(await queue.redis.zscore(queue.keys.workers, 'w1')).toBe(end);
});

test('a worker that nobody knows has lapsed and is not entered again', async ({ queue }) => {
  expect(await queue.run(renew, { worker: 'ghost', lease })).toEqual({
    kind: 'lapsed',
    now: expect.any(Number),
  });
  expect(await queue.dump()).toEqual([]);
});

test('a worker that was late but that nobody has emptied yet goes on', async ({ queue }) => {
  await queue.join('w1');
  queue.later(lease + 1);

  expect(await queue.run(renew, { worker: 'w1', lease })).toMatchObject({ kind: 'renewed' });
});

test('a renewal repeats the aborts that were asked for, of tasks of this worker alone', async ({ queue }) => {
  await queue.join('w1', 'w10');
  await queue.put(['mine', 'theirs']);
  await queue.take('w1', 1);
  await queue.take('w10', 1);
  for (const id of ['mine', 'theirs']) await queue.run(abort, { id, notAfter: Number.MAX_SAFE_INTEGER });

  expect(await queue.run(renew, { worker: 'w1', lease })).toMatchObject({ aborts: ['mine'] });
  expect(await queue.run(renew, { worker: 'w10', lease })).toMatchObject({ aborts: ['theirs'] });
});

test('a renewal looks after the queue: it promotes what is due and empties the dead', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['held']);
  await queue.take('w1', 1);
  await queue.enqueue(sampleItem('due', { start: { kind: 'delay', ms: 1_000 } }));
  await queue.redis.del(queue.keys.bell);
  await queue.lapseAllBut('w2');

  await queue.run(renew, { worker: 'w2', lease });

  expect(await queue.ready()).toEqual(['held', 'due']);
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});
