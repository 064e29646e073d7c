import { task } from '@q/core';
import { noTries, queueKeys } from '@q/core/wire';
import { describe, expect } from 'vitest';
import { test } from './test-support/client-test.ts';
import { joinByHand } from './test-support/hand-worker.ts';

const double = task<(n: number) => number>('double');

describe('aborting', () => {
  test('a queued task ends it at once, and it never runs', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2);
    expect(await handle.abort()).toBe(true);
    expect(await handle.status()).toBe('done');
    expect(await worker.claim()).toEqual([]);
    const result = await handle.result();
    expect(result).toMatchObject({
      success: false,
      name: 'double',
      tries: 0,
      workerId: null,
      startedAt: null,
      error: { type: 'aborted', name: 'TaskAbortedError' },
    });
  });

  test('a scheduled task ends it at once, and its time changes nothing', async ({
    client,
    makePort,
    redis,
    queue,
  }) => {
    const handle = await client.enqueue(double, 2).start({ delay: '1h' });
    expect(await client.abort(handle.id)).toBe(true);
    expect(await redis.exists(queueKeys(queue).due)).toBe(0);
    const later = await joinByHand(makePort(undefined, 3_700_000));
    expect(await later.claim()).toEqual([]);
    expect(await handle.status()).toBe('done');
  });

  test('tells those who wait for the result', async ({ client }) => {
    const handle = await client.enqueue(double, 2);
    const waiting = handle.value();
    expect(await handle.abort()).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: 'TASK_FAILED', failure: { type: 'aborted' } });
  });

  test('a running task asks its worker, and is true once it has ended as aborted', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    const handle = await client.enqueue(double, 2);
    await worker.claim();
    const aborting = handle.abort();
    expect(await redis.blpop(queueKeys(queue).inbox(worker.id), 5)).toEqual([
      queueKeys(queue).inbox(worker.id),
      `abort ${handle.id}`,
    ]);
    expect(await handle.status()).toBe('running');
    await worker.settle(handle.id, {
      kind: 'abort',
      tries: { ...noTries, tries: 1 },
      lock: '',
      keepLock: false,
    });
    expect(await aborting).toBe(true);
    expect(await handle.result()).toMatchObject({
      tries: 1,
      workerId: worker.id,
      error: { type: 'aborted' },
    });
  });

  test('a running task that succeeds all the same is false', async ({ client, worker, redis, queue }) => {
    const handle = await client.enqueue(double, 2);
    await worker.claim();
    const aborting = handle.abort();
    await redis.blpop(queueKeys(queue).inbox(worker.id), 5);
    await worker.succeed(handle.id, 4);
    expect(await aborting).toBe(false);
    expect(await handle.value()).toBe(4);
  });

  test('a running task that does not end in time is false', async ({ client, makeClient, worker }) => {
    const handle = await client.enqueue(double, 2);
    await worker.claim();
    expect(await handle.abort({ timeout: 60 })).toBe(false);
    const before = performance.now();
    expect(await makeClient({ deadline: 200 }).abort(handle)).toBe(false);
    expect(performance.now() - before).toBeGreaterThan(150);
  });

  test('twice is true twice, a finished or unknown task false', async ({ client, worker }) => {
    const aborted = await client.enqueue(double, 2);
    expect([await aborted.abort(), await aborted.abort()]).toEqual([true, true]);
    const finished = await client.enqueue(double, 2);
    await worker.claim();
    await worker.succeed(finished.id, 4);
    expect(await finished.abort()).toBe(false);
    expect(await client.abort('nobody')).toBe(false);
  });

  test('ends with the reason of its signal', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2);
    await worker.claim();
    const reason = new Error('enough');
    await expect(handle.abort({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const aborting = handle.abort({ signal: stop.signal });
    setImmediate(() => stop.abort(reason));
    await expect(aborting).rejects.toBe(reason);
  });
});
