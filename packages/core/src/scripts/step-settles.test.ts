import { expect } from 'vitest';
import { atShard } from '../protocol/ids.ts';
import { decodeResultMessage } from '../protocol/result-message.ts';
import { noTries } from '../protocol/tries.ts';
import { abort } from './abort.ts';
import type { SettleOutcome } from './settle-item.ts';
import { lease, type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';
import { watch } from './watch.ts';

const tried = { tries: 1, attempts: 1, crashes: 0, firstUnknownAt: null };
const anyTime = Number.MAX_SAFE_INTEGER;

/** `w1` holds every one of them by its claim 1. */
async function holding(queue: QueueUnderTest, ids: readonly string[]): Promise<void> {
  await queue.join('w1');
  await queue.put(ids);
  await queue.take('w1', ids.length);
  await queue.redis.del(queue.keys.bell);
}

function retry(start: Extract<SettleOutcome, { kind: 'retry' }>['start']): SettleOutcome {
  return { kind: 'retry', start, tries: tried, error: '{"message":"no"}', lock: '' };
}

test('a result replaces the task in place and lives as long as asked, at least a minute', async ({
  queue,
}) => {
  await holding(queue, ['ok', 'bad', 'short', 'kept']);

  const { verdicts } = await queue.settle('w1', 1, {
    ok: sampleResult('succeed', { nonce: 'n' }),
    bad: sampleResult('fail', { payload: '{"type":"error"}' }),
    short: sampleResult('succeed', { ttl: 1_000 }),
    kept: sampleResult('succeed', { ttl: null }),
  });

  expect(verdicts.size).toBe(0);
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
  expect(await queue.value('ok')).toMatchObject({
    kind: 'finished',
    code: '+',
    tag: 'w1|1',
    worker: 'w1',
    nonce: 'n',
    tries: 0,
  });
  expect(await queue.value('bad')).toMatchObject({ kind: 'finished', code: '-', tag: 'w1|1' });
  expect(await queue.redis.pttl(queue.keys.task('ok'))).toBeGreaterThan(290_000);
  expect(await queue.redis.pttl(queue.keys.task('short'))).toBeGreaterThan(55_000);
  const short = await queue.value('short');
  if (short?.kind !== 'finished') throw new Error('short has not ended');
  expect(short.readableUntil).toBe(short.finishedAt + 1_000);
  expect(await queue.redis.pttl(queue.keys.task('kept'))).toBe(-1);
  expect(await queue.value('kept')).toMatchObject({ readableUntil: null });
});

test('a result with a ttl of zero keeps no payload, but reaches those who wait', async ({
  queue,
  connect,
  redisUrl,
}) => {
  await holding(queue, ['a']);
  const subscriber = connect(redisUrl);
  const message = new Promise<Buffer>((resolve) =>
    subscriber.once('messageBuffer', (_, bytes) => resolve(bytes)),
  );
  await subscriber.subscribe(queue.keys.channel('c1'));
  await queue.run(watch, { client: 'c1', ids: ['a'] });

  await queue.settle('w1', 1, { a: sampleResult('succeed', { ttl: 0, payload: '"secret"' }) });

  expect(await queue.value('a')).toMatchObject({ kind: 'finished', code: '+', body: Buffer.alloc(0) });
  const [published] = decodeResultMessage(await message);
  expect(published?.id).toBe('a');
  expect(String(published?.value)).toContain('"secret"');
  expect(await queue.redis.exists(queue.keys.watch)).toBe(0);
});

test('a client is told as its name says: where the queue is, or everywhere', async ({
  queue,
  connect,
  redisUrl,
}) => {
  await holding(queue, ['a']);
  const names = ['c1', atShard('c1')];
  const [plain, sharded] = [connect(redisUrl), connect(redisUrl)];
  const heard: string[] = [];
  plain.on('message', (channel) => heard.push(`message ${channel}`));
  sharded.on('smessage', (channel) => heard.push(`smessage ${channel}`));
  // Each listens to both.
  await plain.subscribe(...names.map(queue.keys.channel));
  await sharded.ssubscribe(...names.map(queue.keys.channel));
  for (const client of names) await queue.run(watch, { client, ids: ['a'] });

  await queue.settle('w1', 1, { a: sampleResult('succeed') });

  const expected = [`message ${queue.keys.channel('c1')}`, `smessage ${queue.keys.channel('!c1')}`];
  await expect.poll(() => heard.toSorted(), { interval: 5 }).toEqual(expected);
});

test('a result with a ttl of zero keeps no payload when nobody waits either', async ({ queue }) => {
  await holding(queue, ['a']);

  await queue.settle('w1', 1, { a: sampleResult('succeed', { ttl: 0, payload: '"secret"' }) });

  expect(await queue.value('a')).toMatchObject({ kind: 'finished', code: '+', body: Buffer.alloc(0) });
  expect(await queue.redis.pttl(queue.keys.task('a'))).toBeGreaterThan(55_000);
});

test('a client gets all results of one call in one message, and of large ones only the id', async ({
  queue,
  connect,
  redisUrl,
}) => {
  await holding(queue, ['a', 'b', 'huge']);
  const subscriber = connect(redisUrl);
  const message = new Promise<Buffer>((resolve) =>
    subscriber.once('messageBuffer', (_, bytes) => resolve(bytes)),
  );
  await subscriber.subscribe(queue.keys.channel('c1'));
  await queue.run(watch, { client: 'c1', ids: ['a', 'b', 'huge'] });

  await queue.settle('w1', 1, {
    a: sampleResult('succeed'),
    b: { kind: 'abort', tries: tried, lock: '', keepLock: false },
    huge: sampleResult('succeed', { payload: 'x'.repeat(65_600) }),
  });

  const results = decodeResultMessage(await message);
  expect(results.map(({ id, value }) => [id, value === null]).toSorted()).toEqual([
    ['a', false],
    ['b', false],
    ['huge', true],
  ]);
});

test('each client gets its results once, also of a task that is settled twice in the call, and waits no more', async ({
  queue,
  connect,
  redisUrl,
}) => {
  await holding(queue, ['other', 'a', 'b']);
  const subscriber = connect(redisUrl);
  const heard: string[] = [];
  const both = new Promise<void>((resolve) =>
    subscriber.on('messageBuffer', (channel, bytes) => {
      for (const { id, value } of decodeResultMessage(bytes)) heard.push(`${channel} ${id} ${value?.at(0)}`);
      if (heard.length >= 3) resolve();
    }),
  );
  const [first, second] = [queue.keys.channel('c1'), queue.keys.channel('c2')];
  await subscriber.subscribe(first, second);
  await queue.run(watch, { client: 'c1', ids: ['a', 'b'] });
  await queue.run(watch, { client: 'c2', ids: ['b'] });
  const settles = (['other', 'a', 'a', 'b'] as const).map((id, at) => ({
    id,
    claim: 1,
    outcome: sampleResult(at === 2 ? 'fail' : 'succeed'),
  }));

  const { verdicts } = await queue.step('w1', { settles });
  await both;

  expect(verdicts).toEqual(new Map([[2, 'already']]));
  const plus = '+'.charCodeAt(0);
  expect(heard.toSorted()).toEqual([`${first} a ${plus}`, `${first} b ${plus}`, `${second} b ${plus}`]);
  for (const id of ['other', 'a', 'b'])
    expect(await queue.redis.pttl(queue.keys.task(id))).toBeGreaterThan(290_000);
  expect(await queue.redis.exists(queue.keys.watch, queue.keys.running)).toBe(0);
});

test('an aborted and a malformed task end without a payload; a malformed one keeps its bytes', async ({
  queue,
}) => {
  await queue.enqueue(sampleItem('late', { nonce: 'n', ttl: null }));
  await queue.redis.set(queue.keys.task('broken'), 'q;;;;;;\nnot an envelope');
  await queue.redis.lpush(queue.keys.ready, 'broken');
  await queue.join('w1');
  await queue.take('w1', 2);

  await queue.settle('w1', 1, {
    late: { kind: 'abort', tries: tried, lock: '', keepLock: false },
    broken: { kind: 'malformed' },
  });

  const late = await queue.value('late');
  expect(late).toMatchObject({
    kind: 'finished',
    code: 'a',
    tag: 'w1|1',
    nonce: 'n',
    readableUntil: null,
    tries: 1,
  });
  expect(late?.kind === 'finished' && late.body.toString()).toBe('1;;1000;;greet;\n');
  const broken = await queue.value('broken');
  expect(broken).toMatchObject({ kind: 'finished', code: 'm', tag: 'w1|1' });
  expect(broken?.kind === 'finished' && broken.body.toString()).toBe('q;;;;;;\nnot an envelope');
});

test('a retry waits for its time and remembers tries and error', async ({ queue }) => {
  await holding(queue, ['a', 'b']);
  const now = await queue.now();

  await queue.settle('w1', 1, {
    a: retry({ kind: 'delay', ms: 4_000 }),
    b: retry({ kind: 'at', at: now + 9_000 }),
  });

  expect(await queue.value('a')).toMatchObject({ kind: 'pending', state: 'd' });
  expect(Number(await queue.redis.zscore(queue.keys.due, 'a'))).toBeGreaterThanOrEqual(now + 4_000);
  expect(Number(await queue.redis.zscore(queue.keys.due, 'b'))).toBe(now + 9_000);
  expect(await queue.redis.hgetall(queue.keys.tries)).toEqual({ a: '1,1,0,,w1|1', b: '1,1,0,,w1|1' });
  expect(await queue.redis.lrange(queue.keys.history('a'), 0, -1)).toEqual(['{"message":"no"}']);
  expect(await queue.redis.pttl(queue.keys.history('a'))).toBe(-1);
});

test.for([
  ['a delay of zero', { kind: 'delay', ms: 0 }],
  ['no delay', { kind: 'now' }],
  ['a moment in the past', { kind: 'at', at: 5 }],
] as const)('a retry with %s goes to the back of ready at once and rings', async ([, start], { queue }) => {
  await holding(queue, ['a']);
  await queue.put(['b']);
  await queue.redis.del(queue.keys.bell);

  await queue.settle('w1', 1, { a: retry(start) });

  expect(await queue.ready()).toEqual(['b', 'a']);
  expect(await queue.value('a')).toMatchObject({ kind: 'pending', state: 'q' });
  expect(await queue.redis.llen(queue.keys.bell)).toBe(1);
});

test('the next delivery of a retried task carries its record, and its end takes the record away', async ({
  queue,
}) => {
  await holding(queue, ['a']);
  await queue.settle('w1', 1, { a: retry({ kind: 'now' }) });
  const claim = await queue.take('w1', 1, { acked: 1 });
  expect(claim.deliveries[0]?.tries).toEqual(tried);

  await queue.settle('w1', 2, { a: sampleResult('succeed') });

  expect(await queue.redis.exists(queue.keys.tries)).toBe(0);
  expect(await queue.redis.pttl(queue.keys.history('a'))).toBeGreaterThan(290_000);
});

test('of the errors of earlier tries the last ten are kept', async ({ queue }) => {
  await holding(queue, ['a']);
  for (let at = 1; at <= 12; at += 1) {
    await queue.settle('w1', at, {
      a: { kind: 'retry', start: { kind: 'now' }, tries: tried, error: `e${at}`, lock: '' },
    });
    await queue.take('w1', 1, { acked: at });
  }

  const history = await queue.redis.lrange(queue.keys.history('a'), 0, -1);
  expect(history).toHaveLength(10);
  expect(history.at(-1)).toBe('e12');
});

test('tasks handed back stand at the front of ready in their old order; what did not start leaves no trace', async ({
  queue,
}) => {
  await holding(queue, ['a', 'b', 'c']);
  await queue.put(['d']);

  await queue.settle('w1', 1, {
    a: { kind: 'release', tries: null, lock: '' },
    b: { kind: 'release', tries: { ...noTries, attempts: 1 }, lock: '' },
    c: { kind: 'release', tries: null, lock: '' },
  });

  expect(await queue.ready()).toEqual(['a', 'b', 'c', 'd']);
  expect(await queue.redis.hgetall(queue.keys.tries)).toEqual({ b: '0,1,0,,w1|1' });
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
});

test('a task without a handler waits for its back-off, is dated once, and ends as unroutable after its grace', async ({
  queue,
}) => {
  await holding(queue, ['a']);
  const first = await queue.now();
  await queue.settle('w1', 1, { a: { kind: 'unknown', tries: noTries, backoff: 1_000, grace: 5_000 } });
  const record = String(await queue.redis.hget(queue.keys.tries, 'a'));
  const dated = Number(record.split(',')[3]);
  expect(dated).toBeGreaterThanOrEqual(first);
  expect(await queue.value('a')).toMatchObject({ state: 'd' });

  queue.later(1_100);
  await queue.step('w1', { tend: true });
  const claim = await queue.take('w1', 1, { acked: 1 });
  const tries = claim.deliveries[0]?.tries ?? noTries;
  expect(tries.firstUnknownAt).toBe(dated);
  await queue.settle('w1', 2, { a: { kind: 'unknown', tries, backoff: 1_000, grace: 5_000 } });
  expect(String(await queue.redis.hget(queue.keys.tries, 'a')).split(',')[3]).toBe(String(dated));

  queue.later(5_000);
  await queue.step('w1', { tend: true });
  await queue.take('w1', 1, { acked: 2 });
  await queue.settle('w1', 3, { a: { kind: 'unknown', tries, backoff: 1_000, grace: 5_000 } });
  expect(await queue.value('a')).toMatchObject({ kind: 'finished', code: 'r', tag: 'w1|3' });
  expect(await queue.redis.exists(queue.keys.tries, queue.keys.due, queue.keys.running)).toBe(0);
});

const outcomes: ReadonlyArray<readonly [string, SettleOutcome]> = [
  ['+', sampleResult('succeed')],
  ['-', sampleResult('fail')],
  ['abort', { kind: 'abort', tries: tried, lock: '', keepLock: false }],
  ['malformed', { kind: 'malformed' }],
  ['retry with a delay', retry({ kind: 'delay', ms: 4_000 })],
  ['retry at once', retry({ kind: 'now' })],
  ['release', { kind: 'release', tries: null, lock: '' }],
  ['release of a started one', { kind: 'release', tries: tried, lock: '' }],
  ['unknown', { kind: 'unknown', tries: noTries, backoff: 1_000, grace: 5_000 }],
];

test.for(outcomes)(
  '%s: sent again it is answered `already` and changes nothing',
  async ([, outcome], { queue }) => {
    await holding(queue, ['a']);
    await queue.settle('w1', 1, { a: outcome });
    const before = await queue.dump();

    const { verdicts } = await queue.settle('w1', 1, { a: outcome });

    expect(verdicts).toEqual(new Map([[0, 'already']]));
    expect(await queue.dump()).toEqual(before);
  },
);

test.for(outcomes)('%s: twice in one call counts once', async ([, outcome], { queue }) => {
  await holding(queue, ['a']);
  const settle = { id: 'a', claim: 1, outcome };

  const { verdicts } = await queue.step('w1', { settles: [settle, settle] });

  expect(verdicts).toEqual(new Map([[1, 'already']]));
  expect((await queue.ready()).length).toBeLessThanOrEqual(1);
});

test.for([
  ['a result before another outcome', '+', [sampleResult('succeed'), retry({ kind: 'now' })]],
  ['a result after another outcome', 'q', [retry({ kind: 'now' }), sampleResult('succeed')]],
  ['two results', '+', [sampleResult('succeed'), sampleResult('fail')]],
] as const)('of %s for one task in one call the first counts', async ([, first, told], { queue }) => {
  await holding(queue, ['a', 'b']);
  const settles = told.map((outcome) => ({ id: 'a', claim: 1, outcome }));

  const { verdicts } = await queue.step('w1', {
    settles: [...settles, { id: 'b', claim: 1, outcome: sampleResult('succeed') }],
  });

  expect(verdicts).toEqual(new Map([[1, 'already']]));
  expect(String(await queue.redis.getrange(queue.keys.task('a'), 0, 0))).toBe(first);
  expect(await queue.value('b')).toMatchObject({ code: '+' });
  expect(await queue.ready()).toEqual(first === 'q' ? ['a'] : []);
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
});

test('a result between two other outcomes counts before the one that comes after it', async ({ queue }) => {
  await holding(queue, ['a', 'b']);

  const { verdicts } = await queue.step('w1', {
    settles: [
      { id: 'b', claim: 1, outcome: retry({ kind: 'now' }) },
      { id: 'a', claim: 1, outcome: sampleResult('succeed') },
      { id: 'a', claim: 1, outcome: retry({ kind: 'now' }) },
    ],
  });

  expect(verdicts).toEqual(new Map([[2, 'already']]));
  expect(await queue.value('a')).toMatchObject({ code: '+' });
  expect(await queue.ready()).toEqual(['b']);
});

test('results of several claims in one call are settled each by its own claim', async ({ queue }) => {
  await holding(queue, ['a', 'b']);
  await queue.put(['c', 'd']);
  await queue.take('w1', 2, { acked: 1 });

  const { verdicts } = await queue.step('w1', {
    settles: [
      { id: 'a', claim: 1, outcome: sampleResult('succeed', { ttl: 120_000 }) },
      { id: 'b', claim: 2, outcome: sampleResult('succeed') },
      { id: 'c', claim: 2, outcome: sampleResult('succeed', { ttl: null }) },
      { id: 'd', claim: 2, outcome: sampleResult('fail') },
    ],
  });

  expect(verdicts).toEqual(new Map([[1, 'lost']]));
  expect(await queue.redis.hgetall(queue.keys.running)).toEqual({ b: 'w1|1' });
  expect(await queue.value('a')).toMatchObject({ code: '+', tag: 'w1|1' });
  expect(await queue.redis.pttl(queue.keys.task('a'))).toBeLessThanOrEqual(120_000);
  expect(await queue.value('b')).toMatchObject({ kind: 'pending' });
  expect(await queue.redis.pttl(queue.keys.task('c'))).toBe(-1);
  expect(await queue.value('d')).toMatchObject({ code: '-', tag: 'w1|2' });
});

test('more settles than one command takes are refused whole instead of being lost', async ({ queue }) => {
  await holding(queue, ['a']);
  const before = await queue.dump();
  const settle = { id: 'a', claim: 1, outcome: sampleResult('succeed') };

  await expect(queue.step('w1', { settles: Array(501).fill(settle) })).rejects.toThrow(/at most 500/);
  expect(await queue.dump()).toEqual(before);
});

test.for(outcomes)(
  '%s: refused once the task belongs to another worker',
  async ([kind, outcome], { queue }) => {
    await holding(queue, ['a']);
    await queue.join('w2');
    await queue.lapseAllBut('w2');
    await queue.step('w2', { tend: true });
    await queue.take('w2', 1);
    const before = await queue.dump();

    const { verdicts } = await queue.settle('w1', 1, { a: outcome });

    // A release has nothing to lose: whoever has the task now runs it.
    expect(verdicts).toEqual(new Map([[0, kind.startsWith('release') ? 'already' : 'lost']]));
    expect(await queue.dump()).toEqual(before);
  },
);

test('a settle of a lapsed worker is accepted as long as nobody has taken its tasks from it', async ({
  queue,
}) => {
  await holding(queue, ['a']);
  queue.later(lease + 1);

  expect((await queue.settle('w1', 1, { a: sampleResult('succeed') })).verdicts.size).toBe(0);
  expect(await queue.value('a')).toMatchObject({ code: '+' });
});

test('a result that is there wins over an abort that was asked for; a retry, a hand-back and an unknown name lose', async ({
  queue,
}) => {
  await holding(queue, ['ok', 'retry', 'release', 'unknown']);
  for (const id of ['ok', 'retry', 'release', 'unknown']) await queue.run(abort, { id, notAfter: anyTime });

  const { verdicts } = await queue.settle('w1', 1, {
    ok: sampleResult('succeed'),
    retry: retry({ kind: 'now' }),
    release: { kind: 'release', tries: null, lock: '' },
    unknown: { kind: 'unknown', tries: noTries, backoff: 1, grace: 5_000 },
  });

  expect(verdicts).toEqual(
    new Map([
      [1, 'aborted'],
      [2, 'aborted'],
      [3, 'aborted'],
    ]),
  );
  expect(await queue.value('ok')).toMatchObject({ code: '+' });
  for (const id of ['retry', 'release', 'unknown'])
    expect(await queue.value(id)).toMatchObject({ code: 'a' });
  expect(await queue.redis.exists(queue.keys.aborts, queue.keys.tries, queue.keys.running)).toBe(0);
  expect(await queue.ready()).toEqual([]);
});

test('a result that comes after its task was ended as aborted is told so', async ({ queue }) => {
  await holding(queue, ['a']);
  await queue.run(abort, { id: 'a', notAfter: anyTime });
  await queue.settle('w1', 1, { a: retry({ kind: 'now' }) });

  const { verdicts } = await queue.settle('w1', 1, { a: sampleResult('succeed') });

  expect(verdicts).toEqual(new Map([[0, 'aborted']]));
  expect(await queue.value('a')).toMatchObject({ code: 'a' });
});

test('a task that somebody deleted by hand is let go without a word', async ({ queue }) => {
  await holding(queue, ['a', 'b']);
  await queue.redis.del(queue.keys.task('a'));

  const { verdicts } = await queue.settle('w1', 1, { a: retry({ kind: 'now' }), b: retry({ kind: 'now' }) });

  expect(verdicts.size).toBe(0);
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
  expect(await queue.ready()).toEqual(['b']);
});

test('a settle and a claim in one call: what comes back stands before what was left, and is not claimed by that call', async ({
  queue,
}) => {
  await holding(queue, ['a', 'b']);
  await queue.put(['c', 'd', 'e']);

  const { claim } = await queue.step('w1', {
    acked: 1,
    want: 2,
    settles: [{ id: 'a', claim: 1, outcome: { kind: 'release', tries: null, lock: '' } }],
  });

  expect(claim.kind === 'claimed' && claim.deliveries.map(({ id }) => id)).toEqual(['c', 'd']);
  expect(await queue.ready()).toEqual(['a', 'e']);
});

test('a header whose ttl is no number of milliseconds falls back to the default instead of stopping half way', async ({
  queue,
}) => {
  await queue.join('w1');
  for (const [id, ttl] of [
    ['text', 'soon'],
    ['broken', '70000.5'],
    ['huge', '1e300'],
    ['nan', 'nan'],
  ] as const) {
    await queue.redis.set(queue.keys.task(id), `q;;;;;;;${ttl}\n1;;1;1;greet;\n[]`);
    await queue.redis.lpush(queue.keys.ready, id);
  }
  await queue.take('w1', 4);
  const aborted: SettleOutcome = { kind: 'abort', tries: tried, lock: '', keepLock: false };

  await queue.settle('w1', 1, { text: aborted, broken: aborted, huge: aborted, nan: aborted });

  for (const id of ['text', 'broken', 'huge', 'nan']) {
    expect(await queue.value(id)).toMatchObject({ kind: 'finished', code: 'a' });
    expect(await queue.redis.pttl(queue.keys.task(id))).toBeGreaterThan(290_000);
  }
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
});

test('one task whose key was overwritten with another type does not keep the others from being settled', async ({
  queue,
}) => {
  await holding(queue, ['broken', 'good']);
  await queue.redis.del(queue.keys.task('broken'));
  await queue.redis.rpush(queue.keys.task('broken'), 'no task');

  await queue.settle('w1', 1, { broken: retry({ kind: 'now' }), good: retry({ kind: 'now' }) });

  expect(await queue.ready()).toEqual(['good']);
  expect(await queue.redis.exists(queue.keys.running)).toBe(0);
});
