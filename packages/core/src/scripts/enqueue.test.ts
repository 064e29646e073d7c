import { expect } from 'vitest';
import { enqueue } from './enqueue.ts';
import { openQueue, test } from './test-support/queue-under-test.ts';
import { sampleItem } from './test-support/sample-values.ts';

const created = { kind: 'created' };
const duplicate = { kind: 'duplicate' };

test('a new task is stored without a TTL, waits in ready and rings the bell once', async ({ queue }) => {
  expect(await queue.dump()).toEqual([]);

  const reply = await queue.enqueue(sampleItem('a'), sampleItem('b'));

  expect(reply).toEqual({
    kind: 'done',
    now: expect.any(Number),
    items: [created, created],
    isWatched: false,
  });
  expect(await queue.dump()).toEqual([
    'bell: list - "0 1"',
    'ready: list - "0 b"',
    'ready: list - "1 a"',
    'task:a string - "q;;;;;;\\n1;;1000;;greet;\\n[\\"you\\"]"',
    'task:b string - "q;;;;;;\\n1;;1000;;greet;\\n[\\"you\\"]"',
  ]);
});

test('a client that is named is told of the results of new tasks, and of none when one is known', async ({
  queue,
}) => {
  const send = async (...ids: string[]) =>
    queue.run(enqueue, {
      notAfter: (await queue.now()) + 30_000,
      items: ids.map((id) => sampleItem(id)),
      watcher: 'c1',
    });
  expect(await send('a', 'b')).toMatchObject({ items: [created, created], isWatched: true });
  expect(await queue.redis.hgetall(queue.keys.watch)).toEqual({ a: 'c1', b: 'c1' });

  expect(await send('b', 'c')).toMatchObject({ items: [created, created], isWatched: false });
  expect(await queue.redis.hgetall(queue.keys.watch)).toEqual({ a: 'c1', b: 'c1' });
});

test('a call whose client cannot be written down stores nothing', async ({ queue }) => {
  await queue.redis.set(queue.keys.watch, 'not a hash');
  const sent = queue.run(enqueue, {
    notAfter: (await queue.now()) + 30_000,
    items: [sampleItem('a')],
    watcher: 'c1',
  });
  await expect(sent).rejects.toThrow('WRONGTYPE');
  expect(await queue.redis.exists(queue.keys.task('a'), queue.keys.ready)).toBe(0);
});

test('the bell holds at most one token however many enqueues nobody hears', async ({ queue }) => {
  for (let at = 0; at < 5; at += 1) await queue.put([`t${at}`]);

  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('a call that comes after its sender has given up writes nothing', async ({ queue }) => {
  const reply = await queue.run(enqueue, { notAfter: (await queue.now()) - 1, items: [sampleItem('a')] });

  expect(reply).toEqual({ kind: 'late', now: expect.any(Number) });
  expect(await queue.dump()).toEqual([]);
});

test('an id that is known already changes nothing and is a duplicate', async ({ queue }) => {
  await queue.enqueue(sampleItem('a', { nonce: 'first', payload: '1' }));
  const before = await queue.dump();

  const reply = await queue.enqueue(sampleItem('a', { nonce: 'second', payload: '2' }));

  expect(reply).toMatchObject({ items: [duplicate] });
  expect(await queue.dump()).toEqual(before);
});

test('a producer that sends its own task again sees it as created, also after it has ended', async ({
  queue,
}) => {
  const mine = sampleItem('a', { nonce: 'mine' });
  await queue.enqueue(mine);

  expect(await queue.enqueue(mine)).toMatchObject({ items: [created] });
  await queue.join('w1');
  await queue.take('w1', 1);
  const outcome = {
    kind: 'succeed',
    ttl: 1,
    nonce: 'mine',
    lock: '',
    keepLock: false,
    finishedAt: 1_000,
    body: ';;;;;greet\n',
  } as const;
  await queue.settle('w1', 1, { a: outcome });
  expect(await queue.enqueue(mine)).toMatchObject({ items: [created] });
  expect(await queue.ready()).toEqual([]);
});

test('in one batch each task gets its own verdict and only new ones are written', async ({ queue }) => {
  await queue.enqueue(sampleItem('known', { nonce: 'theirs' }));
  await queue.redis.rpush(queue.keys.task('list'), 'no task');
  const mixed = [
    sampleItem('new'),
    sampleItem('known', { nonce: 'mine' }),
    sampleItem('list', { nonce: 'mine' }),
    sampleItem('soon', { start: { kind: 'delay', ms: 5_000 } }),
  ];

  const reply = await queue.enqueue(...mixed);

  expect(reply).toMatchObject({
    items: [created, duplicate, { kind: 'refused', code: 'wrong-type' }, created],
  });
  expect(await queue.ready()).toEqual(['known', 'new']);
  expect(await queue.redis.zrange(queue.keys.due, '0', '-1')).toEqual(['soon']);
});

test('one id twice in a batch is one task: the first of the two', async ({ queue }) => {
  const reply = await queue.enqueue(
    sampleItem('a', { nonce: 'one', payload: '1' }),
    sampleItem('a', { nonce: 'two', payload: '2', start: { kind: 'delay', ms: 5_000 } }),
  );

  expect(reply).toMatchObject({ items: [created, duplicate] });
  expect(await queue.ready()).toEqual(['a']);
  expect(await queue.redis.exists(queue.keys.due)).toBe(0);
  expect(String(await queue.redis.get(queue.keys.task('a')))).toMatch(/\n1$/);
});

test('a delay counts from the time of Redis, a moment is itself', async ({ queue }) => {
  const before = await queue.now();
  await queue.enqueue(
    sampleItem('delayed', { start: { kind: 'delay', ms: 5_000 } }),
    sampleItem('planned', { start: { kind: 'at', at: before + 9_000 } }),
  );

  const delayed = Number(await queue.redis.zscore(queue.keys.due, 'delayed'));
  expect(delayed).toBeGreaterThanOrEqual(before + 5_000);
  expect(delayed).toBeLessThan(before + 7_000);
  expect(Number(await queue.redis.zscore(queue.keys.due, 'planned'))).toBe(before + 9_000);
  expect(await queue.ready()).toEqual([]);
  expect(await queue.value('delayed')).toMatchObject({ kind: 'pending', state: 'd' });
});

test('a moment in the past and a delay of zero are now', async ({ queue }) => {
  await queue.enqueue(
    sampleItem('past', { start: { kind: 'at', at: 5 } }),
    sampleItem('zero', { start: { kind: 'delay', ms: 0 } }),
  );

  expect(await queue.ready()).toEqual(['past', 'zero']);
  expect(await queue.value('past')).toMatchObject({ kind: 'pending', state: 'q' });
  expect(await queue.value('zero')).toMatchObject({ kind: 'pending', state: 'q' });
});

test('a task that waits carries the state of a waiting one, whatever its sender wrote', async ({ queue }) => {
  const item = sampleItem('a');
  await queue.enqueue({ ...item, start: { kind: 'delay', ms: 5_000 } });

  expect(await queue.value('a')).toMatchObject({ kind: 'pending', state: 'd' });
});

test('a task that becomes due rings the bell only when it is the earliest', async ({ queue }) => {
  await queue.enqueue(sampleItem('first', { start: { kind: 'delay', ms: 5_000 } }));
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
  await queue.redis.del(queue.keys.bell);

  await queue.enqueue(sampleItem('later', { start: { kind: 'delay', ms: 9_000 } }));
  expect(await queue.redis.llen(queue.keys.bell)).toBe(0);

  await queue.enqueue(sampleItem('sooner', { start: { kind: 'delay', ms: 1_000 } }));
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('more tasks than one command takes are refused whole instead of being lost', async ({ queue }) => {
  const items = Array.from({ length: 501 }, (_, at) => sampleItem(`t${at}`));

  await expect(queue.enqueue(...items)).rejects.toThrow(/at most 500/);
  expect(await queue.dump()).toEqual([]);
});

test('bytes arrive as they were sent', async ({ queue }) => {
  const item = sampleItem('a');
  const value = Buffer.concat([Buffer.from(item.value), Buffer.from([0, 255, 10, 59])]);
  await queue.enqueue({ ...item, value });

  expect(await queue.redis.getBuffer(queue.keys.task('a'))).toEqual(value);
});

test('two queues on one server share nothing', async ({ queue, redis, queueName }) => {
  const other = openQueue(redis, queueName());
  await queue.put(['a']);

  expect(await other.dump()).toEqual([]);
});
