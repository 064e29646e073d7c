import { expect } from 'vitest';
import { abort } from './abort.ts';
import { define } from './define.ts';
import { type FireInput, type FireReply, fire } from './fire.ts';
import { type QueueUnderTest, test } from './test-support/queue-under-test.ts';

const value = 'q;;;;;;\n1;;1;1;report;\n[]';

async function fired(queue: QueueUnderTest, input: Partial<FireInput> = {}): Promise<Omit<FireReply, 'now'>> {
  const due = input.due ?? 5_000;
  const slot = input.slot === undefined ? due : input.slot;
  const id = `cron:nightly:${slot}`;
  const whole = {
    name: 'nightly',
    hash: 'h1',
    due,
    slot,
    next: due + 1_000,
    id,
    value,
    exclusive: false,
    ...input,
  };
  const { now: _, ...reply } = await queue.run(fire, whole);
  return reply;
}

async function scheduled(queue: QueueUnderTest): Promise<void> {
  await queue.run(define, {
    worker: 'w1',
    startedAt: 1,
    name: 'nightly',
    hash: 'h1',
    definition: '{}',
    slot: 5_000,
  });
}

test('a slot is enqueued once and the schedule moves on', async ({ queue }) => {
  await scheduled(queue);

  expect(await fired(queue)).toEqual({ kind: 'fired', due: 6_000 });

  expect(await queue.ready()).toEqual(['cron:nightly:5000']);
  expect(await queue.value('cron:nightly:5000')).toMatchObject({
    kind: 'pending',
    envelope: { name: 'report' },
  });
  expect(await queue.redis.zscore(queue.keys.schedulesDue, 'nightly')).toBe('6000');
  expect(await queue.redis.hget(queue.keys.schedulesLast, 'nightly')).toBe('5000');
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('of two workers that fire the same slot the second is told so, with the slot that is due', async ({
  queue,
}) => {
  await scheduled(queue);
  await fired(queue);
  const before = await queue.dump();

  expect(await fired(queue)).toEqual({ kind: 'already', due: 6_000 });
  expect(await queue.dump()).toEqual(before);
});

test('a worker with another definition, or of a schedule that is not known, fires nothing', async ({
  queue,
}) => {
  expect(await fired(queue)).toEqual({ kind: 'stale', due: null });
  await scheduled(queue);
  const before = await queue.dump();

  expect(await fired(queue, { hash: 'other' })).toEqual({ kind: 'stale', due: 5_000 });
  expect(await fired(queue, { due: 5_500 })).toEqual({ kind: 'stale', due: 5_000 });
  expect(await queue.dump()).toEqual(before);
});

test('a slot that lies ahead of the clock of Redis is early', async ({ queue }) => {
  const slot = (await queue.now()) + 60_000;
  await queue.run(define, {
    worker: 'w1',
    startedAt: 1,
    name: 'nightly',
    hash: 'h1',
    definition: '{}',
    slot,
  });

  expect(await fired(queue, { due: slot })).toEqual({ kind: 'early', due: slot });
  queue.later(60_001);
  expect(await fired(queue, { due: slot })).toMatchObject({ kind: 'fired' });
});

test('of several missed slots the last one is fired, and none of them again', async ({ queue }) => {
  await scheduled(queue);

  expect(await fired(queue, { due: 5_000, slot: 8_000, next: 9_000 })).toEqual({ kind: 'fired', due: 9_000 });

  expect(await queue.ready()).toEqual(['cron:nightly:8000']);
  expect(await queue.redis.hget(queue.keys.schedulesLast, 'nightly')).toBe('8000');
  expect(await fired(queue, { due: 5_000, slot: 5_000 })).toEqual({ kind: 'already', due: 9_000 });
});

test('missed slots may be passed over', async ({ queue }) => {
  await scheduled(queue);

  expect(await fired(queue, { slot: null, id: '', value: '', next: 9_000 })).toEqual({
    kind: 'skipped',
    due: 9_000,
  });
  expect(await queue.ready()).toEqual([]);
  expect(await queue.redis.exists(queue.keys.schedulesLast)).toBe(0);
});

test('an exclusive occurrence is skipped while the one before it has not ended, and fired afterwards', async ({
  queue,
}) => {
  await scheduled(queue);
  await fired(queue);

  expect(await fired(queue, { due: 6_000, exclusive: true })).toEqual({ kind: 'skipped', due: 7_000 });
  expect(await fired(queue, { due: 7_000, exclusive: true })).toEqual({ kind: 'skipped', due: 8_000 });
  await queue.run(abort, { id: 'cron:nightly:5000', notAfter: Number.MAX_SAFE_INTEGER });
  expect(await fired(queue, { due: 8_000, exclusive: true })).toEqual({ kind: 'fired', due: 9_000 });
  expect(await fired(queue, { due: 9_000, exclusive: false })).toEqual({ kind: 'fired', due: 10_000 });
});

test('an occurrence whose id is taken already is passed over', async ({ queue }) => {
  await scheduled(queue);
  await queue.put(['cron:nightly:5000']);

  expect(await fired(queue)).toEqual({ kind: 'skipped', due: 6_000 });
  expect(await queue.ready()).toEqual(['cron:nightly:5000']);
});
