import { task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { describe, expect } from 'vitest';
import type { Client } from './client.ts';
import { ExpectedResults } from './expected-results.ts';
import type { OutgoingTask } from './outgoing-task.ts';
import { test } from './test-support/client-test.ts';
import type { HandWorker } from './test-support/hand-worker.ts';

const echo = task<(text: string) => string>('echo');

/** Enqueues, waits at once, and answers what came. */
async function trip(client: Client, worker: HandWorker, value: string): Promise<string> {
  const waiting = client.enqueue(echo, value).then((handle) => handle.value({ timeout: '10s' }));
  let claimed: readonly string[] = [];
  while (claimed.length === 0) claimed = await worker.claim();
  for (const id of claimed) await worker.succeed(id, value);
  return waiting;
}

describe('a result of a task whose last one was waited for at once', () => {
  test('is asked for by the enqueue, until nobody waits at once', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    const { watch } = queueKeys(queue);
    expect(await trip(client, worker, 'first')).toBe('first');
    const expected = await client.enqueue(echo, 'expected');
    expect(await redis.hexists(watch, expected.id)).toBe(1);
    const other = await client.enqueue(echo, 'other');
    expect(await redis.hexists(watch, other.id)).toBe(0);
    const waiting = expected.value({ timeout: '10s' });
    await worker.claim(2);
    await worker.succeed(expected.id, 'late');
    expect(await waiting).toBe('late');
  });

  test('is not asked for when the id was given, or the task starts later', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    await trip(client, worker, 'first');
    const given = await client.enqueue(echo, 'given').start({ id: 'given' });
    await worker.claim();
    await trip(client, worker, 'given');
    const later = await client.enqueue(echo, 'later').start({ delay: '1h' });
    expect(await redis.hmget(queueKeys(queue).watch, given.id, later.id)).toEqual([null, null]);
  });

  test('comes, however large it is', async ({ client, worker }) => {
    const large = 'x'.repeat(100_000);
    for (const value of ['small', large, large]) expect(await trip(client, worker, value)).toBe(value);
  });

  test('comes although the connection that it is told on was broken meanwhile', async ({
    startRedis,
    connect,
    makeClient,
    makeWorker,
  }) => {
    const { url } = await startRedis();
    const client = makeClient({ redis: url });
    const worker = await makeWorker(url);
    const redis = connect(url);
    await trip(client, worker, 'first');
    const waiting = client.enqueue(echo, 'second').then((handle) => handle.value({ timeout: '20s' }));
    let claimed: readonly string[] = [];
    while (claimed.length === 0) claimed = await worker.claim();
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    for (const id of claimed) await worker.succeed(id, 'second');
    expect(await waiting).toBe('second');
  });
});

describe('of a task whose results are waited for', () => {
  const outgoing = {
    id: 'a',
    task: echo,
    nonce: '',
    options: { start: { kind: 'now' } },
  } as unknown as OutgoingTask;
  const batch = [outgoing];

  /** As after one whose result was waited for. */
  async function eager(): Promise<ExpectedResults> {
    const results = new ExpectedResults();
    results.enqueued(batch, false);
    results.take('a');
    await new Promise(setImmediate);
    return results;
  }

  test('a result that comes before its enqueue is answered is kept for whoever waits then', async () => {
    const results = await eager();
    expect(results.expect(batch)).toBe(true);
    results.keep('a', Buffer.from('+'));
    results.enqueued(batch, true);
    expect(results.take('a')).toMatchObject({ isWatched: true, value: Buffer.from('+') });
  });

  test('nothing is kept for longer than the tick in which the enqueue was answered', async () => {
    const results = await eager();
    results.expect(batch);
    results.keep('a', Buffer.from('+'));
    results.enqueued(batch, true);
    await new Promise(setImmediate);
    expect(results.take('a')).toBeUndefined();
    expect(results.expect(batch)).toBe(false);
  });

  test('messages that may have been lost are not relied on', async () => {
    const results = await eager();
    results.expect(batch);
    results.doubt();
    results.enqueued(batch, true);
    expect(results.take('a')).toMatchObject({ isWatched: false });
  });

  test('a call that failed leaves nothing behind, and a large one expects nothing', async () => {
    const results = await eager();
    results.expect(batch);
    results.failed(batch);
    expect(results.take('a')).toBeUndefined();
    expect(results.expect(Array.from({ length: 51 }, () => outgoing))).toBe(false);
  });
});
