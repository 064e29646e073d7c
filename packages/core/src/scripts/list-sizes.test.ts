import { expect } from 'vitest';
import { noTries } from '../protocol/tries.ts';
import { define } from './define.ts';
import { held } from './held.ts';
import { leave } from './leave.ts';
import { read } from './read.ts';
import { renew } from './renew.ts';
import { lease, numberedIds, type QueueUnderTest, settlesOf, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';
import { unwatch } from './unwatch.ts';
import { watch } from './watch.ts';

/** None, one, the most that a sender puts into one call, and one more. */
const sizes = [0, 1, 200, 201] as const;

async function holding(queue: QueueUnderTest, size: number): Promise<readonly string[]> {
  const ids = numberedIds(size);
  await queue.join('w1');
  if (size > 0) await queue.put(ids);
  if (size > 0) await queue.take('w1', size);
  return ids;
}

test.for(sizes)('enqueue of %i tasks', async (size, { queue }) => {
  const reply = await queue.enqueue(...numberedIds(size).map((id) => sampleItem(id)));

  expect(reply.kind === 'done' && reply.items.map(({ kind }) => kind)).toEqual(Array(size).fill('created'));
  expect(await queue.ready()).toEqual(numberedIds(size));
  expect(await queue.redis.llen(queue.keys.bell)).toBe(size === 0 ? 0 : 1);
});

test.for(sizes)('enqueue of %i tasks that are all known', async (size, { queue }) => {
  const sent = (nonce: string) => numberedIds(size).map((id) => sampleItem(id, { nonce }));
  await queue.enqueue(...sent('mine'));
  const before = await queue.dump();

  const reply = await queue.enqueue(...sent('theirs'));

  expect(reply.kind === 'done' && reply.items.map(({ kind }) => kind)).toEqual(Array(size).fill('duplicate'));
  expect(await queue.dump()).toEqual(before);
});

test.for(sizes)('a claim of %i tasks', async (size, { queue }) => {
  const ids = await holding(queue, size);

  expect(Object.keys(await queue.redis.hgetall(queue.keys.running)).toSorted()).toEqual(ids);
  expect(await queue.ready()).toEqual([]);
});

test.for(sizes)('%i results in one call', async (size, { queue }) => {
  const ids = await holding(queue, size);
  const outcomes = Object.fromEntries(ids.map((id) => [id, sampleResult('succeed')]));

  const { verdicts } = await queue.step('w1', {
    settles: settlesOf(1, outcomes),
    finished: size > 0 ? [1] : [],
  });

  expect(verdicts.size).toBe(0);
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
});

test.for(sizes)('%i hand-backs in one call keep their order', async (size, { queue }) => {
  const ids = await holding(queue, size);
  const release = { kind: 'release', tries: null, lock: '' } as const;

  await queue.step('w1', { settles: settlesOf(1, Object.fromEntries(ids.map((id) => [id, release]))) });

  expect(await queue.ready()).toEqual(ids);
});

test.for(sizes)('%i retries in one call', async (size, { queue }) => {
  const ids = await holding(queue, size);
  const retry = {
    kind: 'retry',
    start: { kind: 'delay', ms: 1_000 },
    tries: noTries,
    error: '{}',
    lock: '',
  } as const;

  await queue.step('w1', { settles: settlesOf(1, Object.fromEntries(ids.map((id) => [id, retry]))) });

  expect(await queue.redis.zcard(queue.keys.due)).toBe(size);
  expect(await queue.redis.hlen(queue.keys.tries)).toBe(size);
});

test.for([...sizes, 1_001])('%i claim numbers that are settled whole', async (size, { queue }) => {
  await queue.join('w1');
  await queue.redis.hset(queue.keys.claims('w1'), 'n', '9999');
  for (let at = 1; at <= size; at += 1) await queue.redis.hset(queue.keys.claims('w1'), String(at), 'gone');

  await queue.step('w1', { finished: Array.from({ length: size }, (_, at) => at + 1) });

  expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '9999' });
});

test.for(sizes)('a worker that holds %i tasks is told so', async (size, { queue }) => {
  const ids = await holding(queue, size);

  const reply = await queue.run(held, { worker: 'w1' });

  expect(reply.kind === 'held' && [...reply.claims.values()].flat()).toEqual(ids);
});

test.for([...sizes, 1_000, 1_001])(
  '%i schedules that nobody has asserted for long',
  async (size, { queue }) => {
    const { schedules, schedulesDue, schedulesLast } = queue.keys;
    for (const name of numberedIds(size)) {
      await queue.redis.hset(schedules, name, 'h1\n1\nw1\n1\n{}');
      await queue.redis.zadd(schedulesDue, 2_000, name);
      await queue.redis.hset(schedulesLast, name, 1_000);
    }
    const input = { worker: 'w1', startedAt: 1, name: 'nightly', hash: 'h1', definition: '{}', slot: 5_000 };

    expect((await queue.run(define, input)).kind).toBe('defined');

    expect(await queue.redis.hkeys(schedules)).toEqual(['nightly']);
    expect(await queue.redis.zrange(schedulesDue, '0', '-1')).toEqual(['nightly']);
    expect(await queue.redis.exists(schedulesLast)).toBe(0);
  },
);

test.for(sizes)('watching, reading and unwatching %i tasks', async (size, { queue }) => {
  const ids = numberedIds(size);
  await queue.enqueue(...ids.map((id) => sampleItem(id)));

  expect((await queue.run(watch, { client: 'c1', ids })).items).toEqual(
    Array(size).fill({ kind: 'watching' }),
  );
  expect(await queue.redis.hlen(queue.keys.watch)).toBe(size);
  expect((await queue.run(read, { ids })).items).toHaveLength(size);
  await queue.run(unwatch, { client: 'c1', ids });
  expect(await queue.redis.exists(queue.keys.watch)).toBe(0);
});

test.for(sizes)('%i tasks of a worker that leaves, and of one that dies', async (size, { queue }) => {
  const ids = await holding(queue, size);
  await queue.join('w2');
  for (let turn = 0; turn < 3 && (await queue.run(leave, { worker: 'w1' })).kind === 'more'; turn += 1);
  expect(await queue.ready()).toEqual(ids);

  if (size > 0) await queue.take('w2', size);
  await queue.join('w3');
  await queue.lapseAllBut('w3');
  await queue.run(renew, { worker: 'w3', lease });
  await queue.step('w3', { tend: true });
  expect((await queue.ready()).toSorted()).toEqual(ids);
  expect(await queue.redis.exists(queue.keys.running, queue.keys.dead)).toBe(0);
});

test.for(sizes)('%i aborts that were asked for', async (size, { queue }) => {
  const ids = await holding(queue, size);
  for (const id of ids) await queue.redis.hset(queue.keys.aborts, id, '1');

  const reply = await queue.run(renew, { worker: 'w1', lease });

  expect(reply.kind === 'renewed' && [...reply.aborts].toSorted()).toEqual(ids);
});
