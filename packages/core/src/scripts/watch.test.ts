import { expect } from 'vitest';
import { abort } from './abort.ts';
import { test } from './test-support/queue-under-test.ts';
import { unwatch } from './unwatch.ts';
import { watch } from './watch.ts';

test('a client is told what has ended, waits for what has not, and for nothing unknown', async ({
  queue,
}) => {
  await queue.put(['done', 'open']);
  await queue.run(abort, { id: 'done', notAfter: Number.MAX_SAFE_INTEGER });

  const { items } = await queue.run(watch, { client: 'c1', ids: ['done', 'open', 'never'] });

  expect(items).toEqual([
    { kind: 'finished', value: expect.any(Buffer) },
    { kind: 'watching' },
    { kind: 'missing' },
  ]);
  expect(await queue.redis.hgetall(queue.keys.watch)).toEqual({ open: 'c1' });
});

test('several clients wait for one task, each is entered once', async ({ queue }) => {
  await queue.put(['a']);
  for (const client of ['c1', 'c11', 'c1', 'c2']) await queue.run(watch, { client, ids: ['a'] });

  expect(await queue.redis.hgetall(queue.keys.watch)).toEqual({ a: 'c1,c11,c2' });
});

test('a client that goes takes only itself off the list', async ({ queue }) => {
  await queue.put(['a', 'b']);
  await queue.run(watch, { client: 'c1', ids: ['a', 'b'] });
  await queue.run(watch, { client: 'c11', ids: ['a'] });

  expect(await queue.run(unwatch, { client: 'c1', ids: ['a', 'b', 'never'] })).toEqual({
    kind: 'unwatched',
    now: expect.any(Number),
  });
  expect(await queue.redis.hgetall(queue.keys.watch)).toEqual({ a: 'c11' });
  await queue.run(unwatch, { client: 'c11', ids: ['a'] });
  expect(await queue.redis.exists(queue.keys.watch)).toBe(0);
});
