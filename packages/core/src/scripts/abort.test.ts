import { expect } from 'vitest';
import { decodeResultMessage } from '../protocol/result-message.ts';
import { abort } from './abort.ts';
import { leave } from './leave.ts';
import { type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';
import { watch } from './watch.ts';

async function abortOf(queue: QueueUnderTest, id: string): Promise<string> {
  return (await queue.run(abort, { id, notAfter: Number.MAX_SAFE_INTEGER })).kind;
}

test('a task that waits ends at once, and is not run by whoever finds its id', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);

  expect(await abortOf(queue, 'a')).toBe('aborted');

  expect(await queue.value('a')).toMatchObject({
    kind: 'finished',
    code: 'a',
    tag: '',
    worker: null,
    tries: 0,
  });
  expect(await queue.redis.pttl(queue.keys.task('a'))).toBeGreaterThan(290_000);
  expect((await queue.take('w1', 5)).deliveries.map(({ id }) => id)).toEqual(['b']);
});

test('a scheduled task is no longer due', async ({ queue }) => {
  await queue.enqueue(sampleItem('a', { start: { kind: 'delay', ms: 9_000 } }));

  expect(await abortOf(queue, 'a')).toBe('aborted');

  expect(await queue.redis.exists(queue.keys.due)).toBe(0);
  expect(await queue.value('a')).toMatchObject({ code: 'a' });
});

test('those who wait for it are told', async ({ queue, connect, redisUrl }) => {
  await queue.put(['a']);
  const subscriber = connect(redisUrl);
  const message = new Promise<Buffer>((resolve) =>
    subscriber.once('messageBuffer', (_, bytes) => resolve(bytes)),
  );
  await subscriber.subscribe(queue.keys.channel('c1'));
  await queue.run(watch, { client: 'c1', ids: ['a'] });

  await abortOf(queue, 'a');

  expect(decodeResultMessage(await message)).toMatchObject([{ id: 'a' }]);
  expect(await queue.redis.exists(queue.keys.watch)).toBe(0);
});

test('a running task is asked for once: its worker is told and nothing else changes', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a']);
  await queue.take('w1', 1);

  expect(await abortOf(queue, 'a')).toBe('asked');
  const before = await queue.dump();
  expect(await abortOf(queue, 'a')).toBe('asked');

  expect(await queue.dump()).toEqual(before);
  expect(await queue.redis.lrange(queue.keys.inbox('w1'), 0, -1)).toEqual(['abort a']);
  expect(await queue.redis.pttl(queue.keys.inbox('w1'))).toBeGreaterThan(3_500_000);
  expect(Number(await queue.redis.hget(queue.keys.aborts, 'a'))).toBeGreaterThan(0);
  expect(await queue.value('a')).toMatchObject({ kind: 'pending' });
});

test('a task that failed before loses its record with its end, and keeps its errors as long as its result', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a']);
  await queue.take('w1', 1);
  const tries = { tries: 2, attempts: 3, crashes: 0, firstUnknownAt: null };
  await queue.settle('w1', 1, {
    a: { kind: 'retry', start: { kind: 'delay', ms: 9_000 }, tries, error: '{}', lock: '' },
  });

  await abortOf(queue, 'a');

  expect(await queue.redis.exists(queue.keys.tries)).toBe(0);
  expect(await queue.value('a')).toMatchObject({ code: 'a', tries: 2 });
  expect(await queue.redis.pttl(queue.keys.history('a'))).toBeGreaterThan(290_000);
});

test('aborting twice is aborting once; a finished task is finished; an unknown id is missing', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a']);
  await abortOf(queue, 'a');
  const before = await queue.dump();
  expect(await abortOf(queue, 'a')).toBe('aborted');
  expect(await abortOf(queue, 'never')).toBe('missing');
  expect(await queue.dump()).toEqual(before);

  await queue.put(['b']);
  await queue.take('w1', 1);
  await queue.settle('w1', 1, { b: sampleResult('succeed') });
  expect(await abortOf(queue, 'b')).toBe('finished');
});

test('an abort that comes after its sender has given up changes nothing', async ({ queue }) => {
  await queue.put(['a']);
  const before = await queue.dump();

  expect(await queue.run(abort, { id: 'a', notAfter: (await queue.now()) - 1 })).toMatchObject({
    kind: 'late',
  });
  expect(await queue.dump()).toEqual(before);
});

test('an abort does not live on and end a later task of the same id', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await abortOf(queue, 'a');
  await queue.run(leave, { worker: 'w1' });

  expect(await abortOf(queue, 'a')).toBe('aborted');
  expect(await queue.redis.exists(queue.keys.aborts)).toBe(0);
});
