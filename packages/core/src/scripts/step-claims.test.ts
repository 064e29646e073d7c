import { expect } from 'vitest';
import { noTries } from '../protocol/tries.ts';
import { abort } from './abort.ts';
import { held } from './held.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import type { SettleItem } from './settle-item.ts';
import { lease, numberedIds, settlesOf, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';

test('a claim takes the oldest tasks, in order, and numbers itself', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  expect(await queue.ready()).toEqual(['a', 'b', 'c']);

  const claim = await queue.take('w1', 2);

  expect(claim).toMatchObject({
    kind: 'claimed',
    number: 1,
    suspect: false,
    more: true,
    tendAgain: false,
    nextAt: null,
  });
  expect(claim.deliveries).toEqual([
    { id: 'a', value: sampleItem('a').value, tries: noTries },
    { id: 'b', value: sampleItem('b').value, tries: noTries },
  ]);
  expect(await queue.ready()).toEqual(['c']);
  expect(await queue.redis.hgetall(queue.keys.running)).toEqual({ a: 'w1|1', b: 'w1|1' });
  expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '1', '1': 'a b' });
});

test('a claim that finds nothing is answered with the number that the worker has and with the next event', async ({
  queue,
}) => {
  await queue.join('w1');
  const now = await queue.now();
  await queue.enqueue(sampleItem('later', { start: { kind: 'at', at: now + 7_000 } }));

  const claim = await queue.take('w1', 5);

  expect(claim).toMatchObject({ number: 0, deliveries: [], more: false, nextAt: now + 7_000 });
  expect(await queue.redis.exists(queue.keys.claims('w1'))).toBe(0);
});

test('with nothing due the next event is the end of the first lease', async ({ queue }) => {
  await queue.join('w1');
  const end = Number(await queue.redis.zscore(queue.keys.workers, 'w1'));

  expect(await queue.take('w1', 1)).toMatchObject({ nextAt: end });
});

test('a call that wants nothing claims nothing', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a']);

  expect((await queue.step('w1')).claim).toEqual({ kind: 'none' });
  expect(await queue.ready()).toEqual(['a']);
});

test('a claim that was not acknowledged is repeated: the same ids, and nothing more is taken', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  const first = await queue.take('w1', 2);
  const before = await queue.dump();

  const again = await queue.take('w1', 2);

  expect(again.number).toBe(1);
  expect(again.deliveries).toEqual(first.deliveries);
  expect(await queue.dump()).toEqual(before);
});

test('a repeated claim leaves out what was settled meanwhile', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 2);
  await queue.settle('w1', 1, { a: sampleResult('succeed') });

  expect((await queue.take('w1', 2)).deliveries.map(({ id }) => id)).toEqual(['b']);
});

test('a task that was deleted by hand is left out of a repeated claim and let go', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 2);
  await queue.redis.del(queue.keys.task('a'));

  const again = await queue.take('w1', 2);
  expect(again).toMatchObject({ number: 1, deliveries: [{ id: 'b' }] });

  await queue.put(['a']);
  expect((await queue.take('w1', 1, { acked: 1 })).deliveries.map(({ id }) => id)).toEqual(['a']);
});

test('a worker that has the answer of a claim that Redis does not know has lapsed: Redis lost data', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a']);
  const before = await queue.dump();

  expect((await queue.step('w1', { want: 1, acked: 3 })).claim).toEqual({ kind: 'lapsed' });
  expect(await queue.dump()).toEqual(before);
});

test('a worker that nobody knows has lapsed and takes nothing', async ({ queue }) => {
  await queue.put(['a']);
  const before = await queue.dump();

  expect((await queue.step('ghost', { want: 1, listens: 'bell' })).claim).toEqual({ kind: 'lapsed' });
  expect(await queue.dump()).toEqual(before);
});

test('ids in ready whose task is missing, finished, due later or running are dropped', async ({ queue }) => {
  await queue.join('w1', 'w2');
  await queue.put(['running', 'gone', 'aborted', 'good']);
  await queue.take('w2', 1);
  await queue.redis.del(queue.keys.task('gone'));
  await queue.run(abort, { id: 'aborted', notAfter: Number.MAX_SAFE_INTEGER });
  await queue.enqueue(sampleItem('due', { start: { kind: 'delay', ms: 5_000 } }));
  await queue.redis.rpush(queue.keys.ready, 'due', 'running', 'never');

  const claim = await queue.take('w1', 10);

  expect(claim.deliveries.map(({ id }) => id)).toEqual(['good']);
  expect(await queue.ready()).toEqual([]);
  expect(await queue.redis.hgetall(queue.keys.running)).toEqual({ running: 'w2|1', good: 'w1|1' });
});

test('an id in ready that another worker holds is passed over, and its holder keeps it', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['held']);
  await queue.take('w1', 1);
  await queue.redis.lpush(queue.keys.ready, 'held');
  await queue.put(['free']);

  expect((await queue.take('w2', 2)).deliveries.map(({ id }) => id)).toEqual(['free']);
  expect(await queue.redis.hgetall(queue.keys.running)).toEqual({ held: 'w1|1', free: 'w2|1' });
});

test('a task whose abort was asked for, and that its worker left behind, is ended by the claim that meets it', async ({
  queue,
}) => {
  await queue.join('w1', 'w2');
  await queue.put(['asked', 'plain']);
  await queue.take('w1', 2);
  await queue.run(abort, { id: 'asked', notAfter: Number.MAX_SAFE_INTEGER });
  await queue.run(leave, { worker: 'w1' });

  expect((await queue.take('w2', 2)).deliveries.map(({ id }) => id)).toEqual(['plain']);
  expect(await queue.value('asked')).toMatchObject({ kind: 'finished', code: 'a', tag: '' });
  expect(await queue.redis.exists(queue.keys.aborts)).toBe(0);
});

test('one id twice in ready is given out once', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.redis.rpush(queue.keys.ready, 'b');

  expect((await queue.take('w1', 10)).deliveries.map(({ id }) => id)).toEqual(['b', 'a']);
});

test.for([
  ['of plain text', ['["a"]', '["bb"]', '[]'], 'string'],
  ['with other characters', ['["a"]', '["ü€🙂"]', '[]'], 'object'],
  ['of more than 256 KiB', ['["a"]', `["${'b'.repeat(300_000)}"]`, '[]'], 'object'],
] as const)('values %s arrive byte by byte', async ([, payloads, type], { queue }) => {
  await queue.join('w1');
  const items = payloads.map((payload, at) => sampleItem(`t${at}`, { payload }));
  await queue.enqueue(...items);

  const { deliveries } = await queue.take('w1', 10);

  expect(deliveries.map(({ id, value }) => [id, value.toString()])).toEqual(
    items.map(({ id, value }) => [id, value]),
  );
  expect(deliveries.map(({ value }) => typeof value)).toEqual([type, type, type]);
});

test('an id that no client writes shifts nobody', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a']);
  await queue.redis.set(queue.keys.task('b c'), 'q;;;;;;\nof somebody else');
  await queue.redis.lpush(queue.keys.ready, 'b c');
  await queue.put(['d']);

  const { deliveries } = await queue.take('w1', 10);

  expect(deliveries.map(({ id, value }) => [id, value.toString()])).toEqual([
    ['a', sampleItem('a').value],
    ['b c', 'q;;;;;;\nof somebody else'],
    ['d', sampleItem('d').value],
  ]);
});

test('one id twice in ready among plain tasks is counted, recorded and given out once', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  await queue.redis.lpush(queue.keys.ready, 'a');

  const claim = await queue.take('w1', 4);

  expect(claim.deliveries.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(claim.deliveries.map(({ value }) => value)).toEqual(
    ['a', 'b', 'c'].map((id) => sampleItem(id).value),
  );
  expect(await queue.redis.hget(queue.keys.claims('w1'), '1')).toBe('a b c');
  expect(await queue.ready()).toEqual([]);
});

test('a record of earlier tries stays with its task when another stands in ready twice', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.redis.lpush(queue.keys.ready, 'a');
  await queue.put(['c']);
  await queue.redis.hset(queue.keys.tries, { b: '1,1,0,,', c: '2,2,0,,' });

  const claim = await queue.take('w1', 9);

  expect(claim.deliveries.map(({ id, tries }) => [id, tries.tries])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
});

test.for([
  [7, 'listpack'],
  [8, 'hashtable'],
] as const)(
  'with %i held tasks running is a %s, and holds nothing but them',
  async ([size, encoding], { queue }) => {
    const ids = numberedIds(size);
    await queue.join('w1');
    await queue.put(ids);
    await queue.take('w1', 4);
    await queue.take('w1', 4, { acked: 1 });

    expect(await queue.redis.object('ENCODING', queue.keys.running)).toBe(encoding);
    expect((await queue.redis.hkeys(queue.keys.running)).toSorted()).toEqual(ids);
  },
);

test('a long run of stale ids is worked off in bounded steps', async ({ queue }) => {
  await queue.join('w1');
  await queue.redis.rpush(queue.keys.ready, ...numberedIds(20, 'stale'));

  const claim = await queue.take('w1', 2);

  expect(claim).toMatchObject({ number: 0, deliveries: [], more: true });
  expect(await queue.ready()).toHaveLength(12);
});

test('a result that is over does not let a stale entry run the same id before its new time', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a']);
  await queue.run(abort, { id: 'a', notAfter: Number.MAX_SAFE_INTEGER });
  await queue.redis.del(queue.keys.task('a')); // as its TTL does
  expect(await queue.ready()).toEqual(['a']);
  await queue.enqueue(sampleItem('a', { start: { kind: 'delay', ms: 5_000 } }));

  expect((await queue.take('w1', 1, { tend: true })).deliveries).toEqual([]);
  queue.later(5_001);
  await queue.step('w1', { tend: true });
  expect((await queue.take('w1', 1)).deliveries.map(({ id }) => id)).toEqual(['a']);
});

test('whoever takes some and leaves some rings for the next worker', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.redis.del(queue.keys.bell);

  await queue.take('w1', 1);
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);

  await queue.redis.del(queue.keys.bell);
  await queue.take('w1', 1, { acked: 1 });
  expect(await queue.redis.llen(queue.keys.bell)).toBe(0);
});

test('work is claimed although the token for it was swallowed by a worker that died', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a']);
  expect(await queue.redis.rpop(queue.keys.bell)).toBe('1');

  expect((await queue.take('w1', 1)).deliveries).toHaveLength(1);
});

test('a worker that goes hungry while it listens to its inbox alone is poked once', async ({ queue }) => {
  await queue.join('w1');
  await queue.take('w1', 1, { listens: 'inbox' });
  await queue.take('w1', 1, { listens: 'inbox' });

  expect(await queue.redis.lrange(queue.keys.inbox('w1'), 0, -1)).toEqual(['wake']);
  expect(await queue.redis.pttl(queue.keys.inbox('w1'))).toBeGreaterThan(3_500_000);
});

test('a worker that fills up while it listens to the bell is poked, so that it does not swallow the token', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 1, { listens: 'bell' });

  expect(await queue.redis.lrange(queue.keys.inbox('w1'), 0, -1)).toEqual(['wake']);
});

test('a worker that listens to the right thing is not poked', async ({ queue }) => {
  await queue.join('w1');
  await queue.take('w1', 1, { listens: 'bell' });
  await queue.put(['a']);
  await queue.take('w1', 1, { listens: 'inbox' });
  await queue.step('w1', { listens: 'bell' });

  expect(await queue.redis.exists(queue.keys.inbox('w1'))).toBe(0);
});

test('claims that are settled whole are forgotten, and only those', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 1);
  await queue.take('w1', 1, { acked: 1 });
  await queue.step('w1', {
    settles: [{ id: 'a', claim: 1, outcome: sampleResult('succeed') }],
    finished: [1],
  });

  expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '2', '2': 'b' });
});

test('a claim stays listed while something of it is held, as by a Redis that came back without a settle it had answered', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b']);
  await queue.take('w1', 2);
  const settle = (id: string): SettleItem => ({ id, claim: 1, outcome: sampleResult('succeed') });
  const value = await queue.redis.getBuffer(queue.keys.task('a'));
  await queue.step('w1', { settles: [settle('a')] });
  await queue.redis.set(queue.keys.task('a'), value ?? expect.unreachable());
  await queue.redis.hset(queue.keys.running, 'a', 'w1|1');

  await queue.step('w1', { settles: [settle('b')], finishedInParts: [1] });
  expect(await queue.redis.hget(queue.keys.claims('w1'), '1')).toBe('a b');
  expect(await queue.run(held, { worker: 'w1' })).toMatchObject({ claims: new Map([[1, ['a']]]) });

  await queue.step('w1', {
    settles: [{ id: 'a', claim: 1, outcome: { kind: 'release', tries: null, lock: '' } }],
    finishedInParts: [1],
  });
  expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '1' });
  expect(await queue.ready()).toEqual(['a']);
});

test('a claim that earlier calls have settled a part of is forgotten with the call that settles the rest', async ({
  queue,
}) => {
  await queue.join('w1');
  await queue.put(['a', 'b', 'c']);
  await queue.take('w1', 3);
  const retry = {
    kind: 'retry',
    start: { kind: 'delay', ms: 9 },
    tries: noTries,
    error: '{}',
    lock: '',
  } as const;
  await queue.step('w1', { settles: settlesOf(1, { a: sampleResult('succeed') }) });
  await queue.step('w1', {
    settles: settlesOf(1, { b: sampleResult('succeed'), c: retry }),
    finishedInParts: [1, 9],
  });
  expect(await queue.redis.hgetall(queue.keys.claims('w1'))).toEqual({ n: '1' });
});

test('two processes with one label hold their tasks apart and cannot settle for each other', async ({
  queue,
}) => {
  const [one, two] = ['host~AAAAAAAAAAAAAAAA', 'host~BBBBBBBBBBBBBBBB'];
  for (const worker of [one, two]) await queue.run(join, { worker, info: '{}', lease });
  await queue.put(['a', 'b']);
  await queue.take(one, 1);
  await queue.take(two, 1);
  const before = await queue.dump();

  const { verdicts } = await queue.settle(one, 1, { b: sampleResult('succeed') });

  expect(verdicts).toEqual(new Map([[0, 'lost']]));
  expect(await queue.dump()).toEqual(before);
});

test('a claim is at most 500 tasks', async ({ queue }) => {
  await queue.join('w1');
  for (let part = 0; part < 3; part += 1) await queue.put(numberedIds(200, `p${part}-`));

  expect((await queue.take('w1', 501)).deliveries).toHaveLength(500);
  expect(await queue.ready()).toHaveLength(100);
});
