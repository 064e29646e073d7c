import { expect } from 'vitest';
import { uniqueLock } from '../protocol/lock.ts';
import { abort } from './abort.ts';
import { leave } from './leave.ts';
import { numberedIds, test } from './test-support/queue-under-test.ts';

const anyTime = Number.MAX_SAFE_INTEGER;

test('what a leaving worker holds goes to the front uncharged, and nothing of the worker stays', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  await queue.take('w1', 2);
  await queue.redis.rpush(queue.keys.inbox('w1'), 'wake');
  await queue.redis.del(queue.keys.bell);

  expect(await queue.run(leave, { worker: 'w1' })).toEqual({ kind: 'left', now: expect.any(Number) });

  expect(await queue.ready()).toEqual(['a', 'b', 'c']);
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
  const ofWorker = [
    queue.keys.claims('w1'),
    queue.keys.worker('w1'),
    queue.keys.inbox('w1'),
    queue.keys.workers,
  ];
  expect(await queue.redis.exists(...ofWorker, queue.keys.running, queue.keys.tries)).toBe(0);
});

test('rings for what waits, because the token may be gone with the worker, and for nothing else', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.run(leave, { worker: 'w1' });
  expect(await queue.redis.llen(queue.keys.bell)).toBe(0);

  await queue.put(['a']);
  await queue.redis.del(queue.keys.bell);
  await queue.run(leave, { worker: 'w2' });
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('more than 200 tasks go back in several calls, still in their old order', async ({ queue }) => {
  await queue.join('w1');
  const ids = numberedIds(201);
  await queue.put(ids.slice(0, 200));
  await queue.put(ids.slice(200));
  await queue.take('w1', 201);

  expect(await queue.run(leave, { worker: 'w1' })).toMatchObject({ kind: 'more' });
  expect(await queue.redis.zscore(queue.keys.workers, 'w1')).not.toBeNull();
  expect(await queue.run(leave, { worker: 'w1' })).toMatchObject({ kind: 'left' });
  expect(await queue.ready()).toEqual(ids);
});

test('a suspect goes back to the suspects', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['poison', 'plain']);
  await queue.redis.hset(queue.keys.tries, 'poison', '0,2,2,,');
  await queue.take('w1', 2);

  await queue.run(leave, { worker: 'w1' });

  expect(await queue.suspects()).toEqual(['poison']);
  expect(await queue.ready()).toEqual(['plain']);
});

test('no lock of a worker that has left stays, whether its run goes back or has ended without letting go', async ({
  queue,
}) => {
  const lock = uniqueLock('report');
  await queue.join('w1', 'w2');
  await queue.put(['held'], { lock, lockMode: 'u' });
  await queue.take('w1', 1);
  await queue.redis.hset(queue.keys.unique, { open: 'ended,w1|1,5', other: 'theirs,w2|1,5' });

  await queue.run(leave, { worker: 'w1' });

  expect(await queue.redis.hgetall(queue.keys.unique)).toEqual({ other: 'theirs,w2|1,5' });
  expect(await queue.ready()).toEqual(['held']);
});

test('a worker that nobody knows may leave, and leave again', async ({ queue }) => {
  expect(await queue.run(leave, { worker: 'ghost' })).toMatchObject({ kind: 'left' });
  expect(await queue.run(leave, { worker: 'ghost' })).toMatchObject({ kind: 'left' });
  expect(await queue.dump()).toEqual([]);
});

test('a task whose abort was asked for is not run by the next worker after its own has left', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['a', 'b']);
  await queue.take('w1', 1);
  await queue.run(abort, { id: 'a', notAfter: anyTime });
  await queue.run(leave, { worker: 'w1' });

  expect((await queue.take('w2', 5)).deliveries.map(({ id }) => id)).toEqual(['b']);
  expect(await queue.value('a')).toMatchObject({ code: 'a' });
  expect(await queue.redis.exists(queue.keys.aborts)).toBe(0);
});
