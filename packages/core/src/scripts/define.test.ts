import { expect } from 'vitest';
import { type DefineInput, define } from './define.ts';
import { fire } from './fire.ts';
import { type QueueUnderTest, test } from './test-support/queue-under-test.ts';

/** Epoch ms: no slot from here on is due yet. */
const future = 4_000_000_000_000;

async function defined(
  queue: QueueUnderTest,
  input: Partial<DefineInput>,
): Promise<{ kind: string; due: number }> {
  const whole = {
    worker: 'w1',
    startedAt: 100,
    name: 'nightly',
    hash: 'h1',
    definition: '{}',
    slot: 5_000,
    ...input,
  };
  const { kind, due } = await queue.run(define, whole);
  return { kind, due };
}

test('a new schedule is due at its next slot', async ({ queue }) => {
  expect(await defined(queue, {})).toEqual({ kind: 'defined', due: 5_000 });

  expect(await queue.redis.zrange(queue.keys.schedulesDue, '0', '-1', 'WITHSCORES')).toEqual([
    'nightly',
    '5000',
  ]);
  expect(await queue.redis.hget(queue.keys.schedules, 'nightly')).toMatch(/^h1\n100\nw1\n\d{13}\n\{\}$/);
});

test('the same definition again keeps the slot that is due', async ({ queue }) => {
  await defined(queue, {});

  expect(await defined(queue, { worker: 'w2', startedAt: 200, slot: 9_000 })).toEqual({
    kind: 'kept',
    due: 5_000,
  });
});

test('another definition replaces it when its worker started later, and not when it started before', async ({
  queue,
}) => {
  await queue.join('w1', 'w2', 'w3');
  await defined(queue, { slot: future + 5_000 });

  expect(await defined(queue, { worker: 'w2', startedAt: 50, hash: 'old', slot: future + 7_000 })).toEqual({
    kind: 'superseded',
    due: future + 5_000,
  });
  expect(await defined(queue, { worker: 'w3', startedAt: 200, hash: 'new', slot: future + 8_000 })).toEqual({
    kind: 'defined',
    due: future + 8_000,
  });
  expect(await defined(queue, { slot: future + 6_000 })).toEqual({ kind: 'superseded', due: future + 8_000 });
});

test('a worker may change its own definition, and anyone may once its owner has gone', async ({ queue }) => {
  await queue.join('w1');
  await defined(queue, { startedAt: 100, slot: future + 5_000 });
  expect(await defined(queue, { hash: 'h2', slot: future + 6_000 })).toEqual({
    kind: 'defined',
    due: future + 6_000,
  });

  await queue.redis.zrem(queue.keys.workers, 'w1');
  expect(await defined(queue, { worker: 'w2', startedAt: 50, hash: 'h3', slot: future + 7_000 })).toEqual({
    kind: 'defined',
    due: future + 7_000,
  });
});

test('an older worker with the same definition does not become its owner while the younger lives', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await defined(queue, { worker: 'w2', startedAt: 200 });
  await defined(queue, { worker: 'w1', startedAt: 100 });

  expect(await defined(queue, { worker: 'w1', startedAt: 150, hash: 'other' })).toMatchObject({
    kind: 'superseded',
  });
});

test('a slot that was fired is not made due again, not even after the schedule was forgotten', async ({
  queue,
}) => {
  await defined(queue, { slot: 5_000 });
  const value = 'q;;;;;;\n1;;1;1;report;\n[]';
  await queue.run(fire, {
    name: 'nightly',
    hash: 'h1',
    due: 5_000,
    slot: 5_000,
    next: 6_000,
    id: 'cron:nightly:5000',
    value,
    exclusive: false,
  });
  await queue.redis.del(queue.keys.schedules, queue.keys.schedulesDue);

  expect(await defined(queue, { slot: 5_000 })).toMatchObject({ kind: 'superseded' });
  expect(await queue.redis.exists(queue.keys.schedulesDue)).toBe(0);
  expect(await defined(queue, { slot: 6_000 })).toEqual({ kind: 'defined', due: 6_000 });
});

test('a slot that is due waits for the worker of its schedule, whatever others define first', async ({
  queue,
}) => {
  const due = (await queue.now()) + 60_000;
  await defined(queue, { name: 'tick' });
  await defined(queue, { name: 'report', slot: due });
  queue.later(7_200_000);
  await defined(queue, { name: 'tick' });

  expect(await defined(queue, { name: 'report', slot: due + 86_400_000 })).toEqual({ kind: 'kept', due });
});

test('a slot that is due and was not fired stays due under another definition; once it was fired the next one counts', async ({
  queue,
}) => {
  const due = (await queue.now()) + 60_000;
  await defined(queue, { slot: due });
  queue.later(80_000);
  const changed = { worker: 'w2', startedAt: 200, hash: 'h2', slot: due + 86_400_000 };
  expect(await defined(queue, changed)).toEqual({ kind: 'kept', due });

  await queue.redis.hset(queue.keys.schedulesLast, 'nightly', due);
  expect(await defined(queue, { ...changed, hash: 'h3' })).toEqual({
    kind: 'defined',
    due: due + 86_400_000,
  });
});

test('the due slot of a schedule that nobody has asserted for a week is not owed to another definition', async ({
  queue,
}) => {
  const due = (await queue.now()) + 60_000;
  await defined(queue, { slot: due });
  queue.later(8 * 86_400_000);
  const back = { worker: 'w2', startedAt: 200, slot: due + 30 * 86_400_000 };

  expect(await defined(queue, { ...back, hash: 'h2' })).toEqual({ kind: 'defined', due: back.slot });
});

test('a schedule that no worker has asserted for 400 days is forgotten, its last slot is not', async ({
  queue,
}) => {
  await defined(queue, { name: 'abandoned' });
  await defined(queue, { name: 'alive' });
  queue.later(399 * 86_400_000);
  await defined(queue, { name: 'alive' });
  await queue.redis.hset(queue.keys.schedulesLast, 'abandoned', await queue.now());
  queue.later(2 * 86_400_000);
  await defined(queue, { name: 'new' });

  expect((await queue.redis.hkeys(queue.keys.schedules)).toSorted()).toEqual(['alive', 'new']);
  expect((await queue.redis.zrange(queue.keys.schedulesDue, '0', '-1')).toSorted()).toEqual(['alive', 'new']);
  expect(await queue.redis.hkeys(queue.keys.schedulesLast)).toEqual(['abandoned']);
});

test('last slots of more than 400 days ago are forgotten', async ({ queue }) => {
  const now = await queue.now();
  await queue.redis.hset(queue.keys.schedulesLast, {
    old: now - 401 * 86_400_000,
    recent: now - 399 * 86_400_000,
  });
  await defined(queue, {});

  expect(await queue.redis.hkeys(queue.keys.schedulesLast)).toEqual(['recent']);
});

test('a slot at the end of all time is kept to the millisecond', async ({ queue }) => {
  expect(await defined(queue, { slot: 8_640_000_000_000_000 })).toEqual({
    kind: 'defined',
    due: 8_640_000_000_000_000,
  });
  expect(await defined(queue, { slot: 1 })).toEqual({ kind: 'kept', due: 8_640_000_000_000_000 });
});
