import { expect } from 'vitest';
import { uniqueLock } from '../protocol/lock.ts';
import { decodeResultMessage } from '../protocol/result-message.ts';
import { noTries } from '../protocol/tries.ts';
import { leave } from './leave.ts';
import type { SettleOutcome } from './settle-item.ts';
import { type QueueUnderTest, test } from './test-support/queue-under-test.ts';
import { sampleItem, sampleResult } from './test-support/sample-values.ts';
import { watch } from './watch.ts';

const lock = uniqueLock('report');
const unique = { lock, lockMode: 'u' } as const;
const tried = { ...noTries, tries: 1, attempts: 1 };

/** `w1` runs `first` under the lock by its claim 1; `w2` runs nothing. */
async function locked(queue: QueueUnderTest): Promise<void> {
  await queue.join('w1', 'w2');
  await queue.put(['first'], unique);
  await queue.take('w1', 1);
}

async function idsTaken(queue: QueueUnderTest, worker: string): Promise<string[]> {
  return (await queue.take(worker, 10)).deliveries.map(({ id }) => id);
}

test('a claim takes the lock for the run that it gives out', async ({ queue }) => {
  await locked(queue);

  expect(await queue.redis.hgetall(queue.keys.unique)).toEqual({ [lock]: 'first,w1|1' });
});

test('a second run under the same lock ends as unique when it is claimed, and its waiters are told', async ({
  queue,
  connect,
  redisUrl,
}) => {
  await locked(queue);
  await queue.put(['second'], unique);
  const subscriber = connect(redisUrl);
  const message = new Promise<Buffer>((resolve) =>
    subscriber.once('messageBuffer', (_, bytes) => resolve(bytes)),
  );
  await subscriber.subscribe(queue.keys.channel('c1'));
  await queue.run(watch, { client: 'c1', ids: ['second'] });

  expect(await idsTaken(queue, 'w2')).toEqual([]);

  expect(await queue.value('second')).toMatchObject({ kind: 'finished', code: 'u', worker: null, tag: '' });
  expect(decodeResultMessage(await message)).toMatchObject([{ id: 'second' }]);
  expect(await queue.redis.exists(queue.keys.watch)).toBe(0);
  expect(await queue.ready()).toEqual([]);
});

test('of two in one claim the first runs and the second ends as unique', async ({ queue }) => {
  await queue.join('w1');
  await queue.put(['first', 'second', 'other'], unique);
  await queue.put(['plain']);

  expect(await idsTaken(queue, 'w1')).toEqual(['first', 'plain']);
  expect(await queue.value('second')).toMatchObject({ code: 'u' });
});

test('a skipped occurrence ends as unique too', async ({ queue }) => {
  await locked(queue);
  await queue.put(['second'], { lock, lockMode: 's' });

  expect(await idsTaken(queue, 'w2')).toEqual([]);
  expect(await queue.value('second')).toMatchObject({ code: 'u' });
});

const freeing: ReadonlyArray<readonly [string, SettleOutcome]> = [
  ['a success', sampleResult('succeed', { lock })],
  ['a failure', sampleResult('fail', { lock })],
  ['an abort', { kind: 'abort', tries: tried, lock, keepLock: false }],
  ['a retry', { kind: 'retry', start: { kind: 'delay', ms: 9_000 }, tries: tried, error: '{}', lock }],
  ['a hand-back', { kind: 'release', tries: null, lock }],
  ['malformed bytes', { kind: 'malformed' }],
  ['an unknown name', { kind: 'unknown', tries: noTries, backoff: 9_000, grace: 60_000 }],
];

test.for(freeing)('%s frees the lock and leaves nothing of it', async ([, outcome], { queue }) => {
  await locked(queue);

  await queue.settle('w1', 1, { first: outcome });

  expect(await queue.redis.exists(queue.keys.unique)).toBe(0);
});

test('a lock that one call frees and takes again belongs to the new run', async ({ queue }) => {
  await locked(queue);
  await queue.put(['second'], unique);

  const { claim } = await queue.step('w1', {
    acked: 1,
    want: 1,
    settles: [{ id: 'first', claim: 1, outcome: sampleResult('succeed', { lock }) }],
  });

  expect(claim.kind === 'claimed' && claim.deliveries.map(({ id }) => id)).toEqual(['second']);
  expect(await queue.redis.hgetall(queue.keys.unique)).toEqual({ [lock]: 'second,w1|2' });
});

test('a run that timed out keeps its lock while its code still runs', async ({ queue }) => {
  await locked(queue);
  await queue.settle('w1', 1, { first: sampleResult('fail', { lock, keepLock: true }) });
  await queue.put(['second'], unique);

  expect(await idsTaken(queue, 'w2')).toEqual([]);
  expect(await queue.value('second')).toMatchObject({ code: 'u' });
});

test('a call that says so and claims at once does not take that lock either', async ({ queue }) => {
  await locked(queue);
  await queue.put(['second'], unique);

  const { claim } = await queue.step('w1', {
    acked: 1,
    want: 1,
    settles: [{ id: 'first', claim: 1, outcome: sampleResult('fail', { lock, keepLock: true }) }],
  });

  expect(claim.kind === 'claimed' && claim.deliveries).toEqual([]);
  expect(await queue.value('second')).toMatchObject({ code: 'u' });
  expect(await queue.redis.hget(queue.keys.unique, lock)).toMatch(/^first,w1\|1,\d{13}$/);
});

test('the end of a timed-out run frees the lock, and a claim in the same call may take it', async ({
  queue,
}) => {
  await locked(queue);
  await queue.settle('w1', 1, { first: { kind: 'abort', tries: tried, lock, keepLock: true } });
  await queue.put(['second'], unique);

  const { claim, verdicts } = await queue.step('w1', {
    acked: 1,
    want: 1,
    settles: [{ id: 'first', claim: 1, outcome: { kind: 'unlock', lock } }],
  });

  expect(verdicts.size).toBe(0);
  expect(claim.kind === 'claimed' && claim.deliveries.map(({ id }) => id)).toEqual(['second']);
});

test('a timed-out run whose worker has died holds nothing any more', async ({ queue }) => {
  await locked(queue);
  await queue.settle('w1', 1, { first: sampleResult('fail', { lock, keepLock: true }) });
  await queue.lapseAllBut('w2');
  await queue.step('w2', { tend: true });
  await queue.put(['second'], unique);

  expect(await idsTaken(queue, 'w2')).toEqual(['second']);
});

test('a worker that leaves takes its open locks with it', async ({ queue }) => {
  await locked(queue);
  await queue.settle('w1', 1, { first: sampleResult('fail', { lock, keepLock: true }) });
  await queue.run(leave, { worker: 'w1' });
  await queue.put(['second'], unique);

  expect(await idsTaken(queue, 'w2')).toEqual(['second']);
});

test('the lock of a worker that crashed is free when its tasks are', async ({ queue }) => {
  await locked(queue);
  await queue.lapseAllBut('w2');
  await queue.step('w2', { tend: true });

  expect(await queue.redis.exists(queue.keys.unique)).toBe(0);
  expect(await idsTaken(queue, 'w2')).toEqual(['first']);
  expect(await queue.redis.hget(queue.keys.unique, lock)).toBe('first,w2|1');
});

test('an unlock frees the lock of its own run only, not of a claim whose number begins with the same digits', async ({
  queue,
}) => {
  await queue.join('w1');
  for (let at = 1; at <= 9; at += 1) {
    await queue.put([`filler${at}`]);
    await queue.take('w1', 1, { acked: at - 1 });
  }
  await queue.put(['first'], unique);
  await queue.take('w1', 1, { acked: 9 });
  expect(await queue.redis.hget(queue.keys.unique, lock)).toBe('first,w1|10');

  await queue.settle('w1', 1, { first: { kind: 'unlock', lock } });

  expect(await queue.redis.hget(queue.keys.unique, lock)).toBe('first,w1|10');
});

test('a run that ends right after its time was up keeps its lock and frees it in one call', async ({
  queue,
}) => {
  await locked(queue);
  await queue.put(['second'], unique);

  const { claim } = await queue.step('w1', {
    acked: 1,
    want: 5,
    settles: [
      { id: 'first', claim: 1, outcome: sampleResult('fail', { lock, keepLock: true }) },
      { id: 'first', claim: 1, outcome: { kind: 'unlock', lock } },
    ],
  });

  expect(claim).toMatchObject({ deliveries: [{ id: 'second' }] });
  expect(await queue.redis.hgetall(queue.keys.unique)).toEqual({ [lock]: 'second,w1|2' });
});

test('an unlock that is sent twice does not free the next run', async ({ queue }) => {
  await locked(queue);
  await queue.settle('w1', 1, { first: sampleResult('fail', { lock, keepLock: true }) });
  await queue.settle('w1', 1, { first: { kind: 'unlock', lock } });
  await queue.put(['second'], unique);
  await queue.take('w2', 1);

  await queue.settle('w1', 1, { first: { kind: 'unlock', lock } });

  expect(await queue.redis.hget(queue.keys.unique, lock)).toBe('second,w2|1');
});

test('locks of different tasks do not meet', async ({ queue }) => {
  await locked(queue);
  await queue.enqueue(sampleItem('other', { lock: uniqueLock('invoice'), lockMode: 'u' }));

  expect(await idsTaken(queue, 'w2')).toEqual(['other']);
});
