import { expect } from 'vitest';
import { abort } from './abort.ts';
import { renew } from './renew.ts';
import { lease, numberedIds, type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';

/** What `w1` leaves behind when it dies, and what `w2` finds. */
async function crashOf(queue: QueueUnderTest, worker: string): Promise<void> {
  await queue.lapseAllBut('w2');
  await queue.step('w2', { tend: true });
  expect(await queue.redis.zscore(queue.keys.workers, worker)).toBeNull();
}

test('what is due becomes ready in the order of its times and rings', async ({ queue }) => {
  await queue.join('w1');
  await queue.enqueue(
    sampleItem('second', { start: { kind: 'delay', ms: 2_000 } }),
    sampleItem('first', { start: { kind: 'delay', ms: 1_000 } }),
    sampleItem('later', { start: { kind: 'delay', ms: 50_000 } }),
  );
  await queue.put(['now']);
  await queue.redis.del(queue.keys.bell);

  queue.later(2_500);
  await queue.step('w1', { tend: true });

  expect(await queue.ready()).toEqual(['now', 'first', 'second']);
  expect(await queue.value('first')).toMatchObject({ state: 'q' });
  expect(await queue.redis.zrange(queue.keys.due, '0', '-1')).toEqual(['later']);
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('a call that tends if it is due leaves that to others for 100 ms', async ({ queue }) => {
  await queue.join('w1');
  await queue.enqueue(sampleItem('a', { start: { kind: 'delay', ms: 50 } }));
  queue.later(1_000);
  // Ahead, so that a slow machine has time for the call.
  await queue.redis.hset(queue.keys.meta, 'swept', (await queue.now()) + 90);
  await queue.step('w1', { tend: 'if-due' });
  expect(await queue.ready()).toEqual([]);

  queue.later(1_000);
  await queue.step('w1', { tend: 'if-due' });
  expect(await queue.ready()).toEqual(['a']);
});

test('a call that tends if it is due does so when the clock has gone back', async ({ queue }) => {
  await queue.join('w1');
  await queue.redis.hset(queue.keys.meta, 'swept', (await queue.now()) + 60_000);
  await queue.step('w1', { tend: 'if-due' });
  expect(Number(await queue.redis.hget(queue.keys.meta, 'swept'))).toBeLessThanOrEqual(await queue.now());
});

test('a call that does not tend leaves what is due alone', async ({ queue }) => {
  await queue.join('w1');
  await queue.enqueue(sampleItem('a', { start: { kind: 'delay', ms: 1_000 } }));
  queue.later(2_000);

  expect(await queue.take('w1', 1)).toMatchObject({ deliveries: [], tendAgain: false });
});

test('a due id that was aborted or deleted, or is no task at all, is dropped', async ({ queue }) => {
  await queue.join('w1');
  await queue.enqueue(sampleItem('deleted', { start: { kind: 'delay', ms: 1_000 } }));
  await queue.redis.del(queue.keys.task('deleted'));
  await queue.redis.rpush(queue.keys.task('list'), 'no task');
  await queue.redis.zadd(queue.keys.due, 1, 'list');
  queue.later(2_000);

  await queue.step('w1', { tend: true });

  expect(await queue.redis.exists(queue.keys.due, queue.keys.ready)).toBe(0);
});

test('one call makes at most 200 tasks ready and says that there is more to do', async ({ queue }) => {
  await queue.join('w1');
  const start = { kind: 'delay', ms: 1_000 } as const;
  await queue.enqueue(...numberedIds(200, 'a').map((id) => sampleItem(id, { start })));
  await queue.enqueue(...numberedIds(50, 'b').map((id) => sampleItem(id, { start })));
  queue.later(2_000);

  expect(await queue.take('w1', 1, { tend: true })).toMatchObject({ tendAgain: true });
  expect(await queue.ready()).toHaveLength(200);
  expect(await queue.take('w1', 1, { tend: true })).toMatchObject({ tendAgain: false });
  expect((await queue.ready()).length + 1).toBe(250);
});

test('tasks of a worker whose lease is over go to the front in their old order, each with one attempt and one crash', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['a', 'b', 'c']);
  await queue.take('w1', 2);
  await queue.take('w1', 1, { acked: 1 });
  await queue.put(['d']);

  await crashOf(queue, 'w1');

  expect(await queue.ready()).toEqual(['a', 'b', 'c', 'd']);
  expect(await queue.redis.hgetall(queue.keys.tries)).toEqual({ a: '0,1,1,,', b: '0,1,1,,', c: '0,1,1,,' });
  expect(
    await queue.redis.exists(
      queue.keys.running,
      queue.keys.dead,
      queue.keys.claims('w1'),
      queue.keys.worker('w1'),
    ),
  ).toBe(0);
});

test('a worker whose lease is not over keeps its tasks', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  queue.later(lease / 2);
  await queue.step('w2', { tend: true });

  expect(await queue.redis.hget(queue.keys.running, 'a')).toBe('w1|1');
});

test('a worker with many tasks is emptied in steps of 200; from the first step on it is dead', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  const ids = [...numberedIds(200, 'a'), ...numberedIds(150, 'b')];
  await queue.put(ids.slice(0, 200));
  await queue.put(ids.slice(200));
  await queue.take('w1', 350);
  await queue.lapseAllBut('w2');

  await queue.step('w2', { tend: true });
  expect(await queue.redis.hlen(queue.keys.running)).toBe(150);
  expect(await queue.redis.zrange(queue.keys.dead, '0', '-1')).toEqual(['w1']);
  const before = await queue.dump();
  expect(await queue.run(renew, { worker: 'w1', lease })).toMatchObject({ kind: 'lapsed' });
  expect((await queue.step('w1', { want: 5, acked: 1 })).claim).toEqual({ kind: 'lapsed' });
  expect(await queue.dump()).toEqual(before);

  await queue.step('w2', { tend: true });
  expect(await queue.redis.exists(queue.keys.running, queue.keys.dead, queue.keys.claims('w1'))).toBe(0);
  expect((await queue.ready()).toSorted()).toEqual(ids);
});

test('what a half-emptied worker still holds it may still settle, what was taken from it not', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(numberedIds(200));
  await queue.put(['last']);
  await queue.take('w1', 201);
  await queue.lapseAllBut('w2');
  await queue.step('w2', { tend: true });
  await queue.take('w2', 1);

  const { verdicts } = await queue.settle('w1', 1, {
    last: sampleResult('succeed'),
    t0000: sampleResult('succeed'),
  });

  expect(verdicts).toEqual(new Map([[1, 'lost']]));
});

test('what was taken from a dead worker it may not settle, although nobody has claimed it yet', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await crashOf(queue, 'w1');
  const before = await queue.dump();

  const { verdicts } = await queue.settle('w1', 1, { a: sampleResult('succeed') });

  expect(verdicts).toEqual(new Map([[0, 'lost']]));
  expect(await queue.dump()).toEqual(before);
});

test('the second crash makes a suspect, the third ends the task as crashed', async ({ queue }) => {
  await queue.join('w1', 'w2', 'w3', 'w4');
  await queue.put(['poison']);
  await queue.take('w1', 1);
  await crashOf(queue, 'w1');
  await queue.join('w3', 'w4');
  expect((await queue.take('w3', 1)).suspect).toBe(false);
  await crashOf(queue, 'w3');
  expect(await queue.suspects()).toEqual(['poison']);
  expect(await queue.ready()).toEqual([]);
  expect(await queue.redis.hget(queue.keys.tries, 'poison')).toBe('0,2,2,,');

  await queue.join('w4');
  const claim = await queue.take('w4', 1);
  expect(claim).toMatchObject({
    suspect: true,
    deliveries: [{ id: 'poison', tries: { attempts: 2, crashes: 2 } }],
  });
  await crashOf(queue, 'w4');

  expect(await queue.value('poison')).toMatchObject({
    kind: 'finished',
    code: 'c',
    tag: 'w4|1',
    worker: 'w4',
  });
  expect(await queue.redis.exists(queue.keys.tries, queue.keys.suspects, queue.keys.running)).toBe(0);
});

test('a task that had crashed a worker before takes the blame alone', async ({ queue }) => {
  await queue.join('w1', 'w2', 'w3');
  await queue.put(['poison']);
  await queue.take('w1', 1);
  await crashOf(queue, 'w1');
  await queue.join('w3');
  await queue.put(['innocent', 'other']);
  await queue.take('w3', 3);
  await crashOf(queue, 'w3');

  expect(await queue.suspects()).toEqual(['poison']);
  expect(await queue.ready()).toEqual(['innocent', 'other']);
  expect(await queue.redis.hgetall(queue.keys.tries)).toEqual({
    poison: '0,2,2,,',
    innocent: '0,1,0,,',
    other: '0,1,0,,',
  });
});

test('the blame is the same when the worker is emptied in several steps', async ({ queue }) => {
  await queue.join('w1', 'w2', 'w3');
  await queue.put(['poison']);
  await queue.take('w1', 1);
  await crashOf(queue, 'w1');
  await queue.join('w3');
  await queue.put(numberedIds(200));
  await queue.put(['t0200', 't0201']);
  await queue.take('w3', 203);
  await crashOf(queue, 'w3');
  await queue.step('w2', { tend: true });

  expect(await queue.suspects()).toEqual(['poison']);
  const records = Object.entries(await queue.redis.hgetall(queue.keys.tries)).filter(
    ([id]) => id !== 'poison',
  );
  expect(records).toHaveLength(202);
  expect(records.every(([, record]) => record === '0,1,0,,')).toBe(true);
});

test('a worker has at most one suspect at a time, and others are free to take the next', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['one', 'two', 'plain']);
  await queue.redis.hset(queue.keys.tries, { one: '0,2,2,,', two: '0,2,2,,' });
  await queue.redis.del(queue.keys.ready);
  await queue.redis.lpush(queue.keys.suspects, 'one', 'two');
  await queue.redis.lpush(queue.keys.ready, 'plain');

  const first = await queue.take('w1', 5);
  expect(first.deliveries.map(({ id }) => id)).toEqual(['one', 'plain']);
  expect(first.suspect).toBe(true);
  expect((await queue.take('w1', 5, { acked: 1, holdsSuspect: true })).deliveries).toEqual([]);
  expect((await queue.take('w2', 5)).deliveries.map(({ id }) => id)).toEqual(['two']);
});

test('a repeated claim says again that it holds a suspect', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['one']);
  await queue.redis.hset(queue.keys.tries, 'one', '0,2,2,,');
  await queue.redis.rename(queue.keys.ready, queue.keys.suspects);

  expect((await queue.take('w1', 1)).suspect).toBe(true);
  expect((await queue.take('w1', 1)).suspect).toBe(true);
});

test('a suspect that is handed back stays a suspect', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['one']);
  await queue.redis.hset(queue.keys.tries, 'one', '0,2,2,,');
  await queue.redis.rename(queue.keys.ready, queue.keys.suspects);
  await queue.take('w1', 1);

  await queue.settle('w1', 1, { one: { kind: 'release', tries: null, lock: '' } });

  expect(await queue.suspects()).toEqual(['one']);
  expect(await queue.ready()).toEqual([]);
});

test('a task whose abort was asked for ends as aborted when its worker dies', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await queue.run(abort, { id: 'a', notAfter: Number.MAX_SAFE_INTEGER });

  await crashOf(queue, 'w1');

  expect(await queue.value('a')).toMatchObject({ code: 'a', tag: 'w1|1' });
  expect(await queue.redis.exists(queue.keys.aborts, queue.keys.inbox('w1'), queue.keys.running)).toBe(0);
});

test('a task of a dead worker that was deleted by hand leaves nothing behind', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.redis.hset(queue.keys.tries, 'a', '1,1,0,,');
  await queue.take('w1', 1);
  await queue.run(abort, { id: 'a', notAfter: Number.MAX_SAFE_INTEGER });
  await queue.redis.del(queue.keys.task('a'));

  await crashOf(queue, 'w1');

  expect(await queue.redis.exists(queue.keys.aborts, queue.keys.tries, queue.keys.running)).toBe(0);
});

test('a worker never empties itself: its call may carry its own settles', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['a']);
  await queue.take('w1', 1);
  await queue.lapseAllBut('w2');

  const { verdicts } = await queue.step('w1', {
    tend: true,
    settles: [{ id: 'a', claim: 1, outcome: sampleResult('succeed') }],
  });

  expect(verdicts.size).toBe(0);
  expect(await queue.redis.zscore(queue.keys.workers, 'w1')).not.toBeNull();
});
