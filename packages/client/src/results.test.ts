import { task, typed } from '@q/core';
import { noTries, queueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { createClientOn } from './create-client.ts';
import { test } from './test-support/client-test.ts';

const double = task<(n: number) => number>('double');
const short = task<(n: number) => number>('short', { ttl: 0 });
const parsed = task('parsed', {
  output: z.string().transform((text) => new Date(text)),
  errors: { Late: z.object({ by: z.number().transform(String) }) },
});
const rich = task('rich', { output: typed<Map<string, bigint>>() });

/** Redis knows that somebody waits for it. */
async function isWatched(redis: Redis, queue: string, id: string): Promise<void> {
  await expect.poll(() => redis.hexists(queueKeys(queue).watch, id), { interval: 5, timeout: 5_000 }).toBe(1);
}

describe('a result', () => {
  test('is told to whoever waits before the task ends', async ({ client, worker, queue }) => {
    const handle = await client.enqueue(double, 2);
    const waiting = handle.result();
    await worker.claim();
    await worker.succeed(handle.id, 4);
    const result = await waiting;
    expect(result).toMatchObject({
      success: true,
      result: 4,
      id: handle.id,
      name: 'double',
      queue,
      tries: 1,
      workerId: worker.id,
    });
    const { createdAt, enqueuedAt, finishedAt } = result;
    expect(createdAt).toBeLessThanOrEqual(enqueuedAt);
    expect(finishedAt).toBeGreaterThanOrEqual(enqueuedAt);
  });

  test('is told to whoever asks afterwards, as often as asked, by this client and any other', async ({
    client,
    makeClient,
    worker,
  }) => {
    const { id } = await client.enqueue(double, 2);
    await worker.claim();
    await worker.succeed(id, 4);
    const again = client.handle(double, id);
    expect(await again.value()).toBe(4);
    expect(await again.value()).toBe(4);
    expect(await makeClient().handle(double, id).value()).toBe(4);
  });

  test('reaches every wait for the same task', async ({ client, makeClient, worker }) => {
    const handle = await client.enqueue(double, 2);
    const waits = [handle.value(), handle.value(), makeClient().handle(double, handle.id).value()];
    await worker.claim();
    await worker.succeed(handle.id, 4);
    expect(await Promise.all(waits)).toEqual([4, 4, 4]);
  });

  test('of more than 64 KiB is fetched, as it is not published', async ({ client, worker }) => {
    const text = task<() => string>('text');
    const handle = await client.enqueue(text);
    const waiting = handle.value();
    const result = 'x'.repeat(300_000);
    await worker.claim();
    await worker.succeed(handle.id, result);
    expect(await waiting).toBe(result);
  });

  test('keeps the types that JSON has not, and is parsed by the schema of the task', async ({
    client,
    worker,
  }) => {
    const kept = await client.enqueue(rich);
    const transformed = await client.enqueue(parsed);
    await worker.claim(2);
    await worker.succeed(kept.id, new Map([['a', 1n]]));
    await worker.succeed(transformed.id, '2026-01-01');
    expect(await kept.value()).toEqual(new Map([['a', 1n]]));
    expect(await transformed.value()).toEqual(new Date('2026-01-01'));
  });

  test('that its schema does not pass is an error of the read, not of the task', async ({
    client,
    worker,
  }) => {
    const handle = await client.enqueue(parsed);
    await worker.claim();
    await worker.succeed(handle.id, 5);
    await expect(handle.result()).rejects.toMatchObject({ code: 'Q_INVALID_RESULT' });
  });

  test('with a ttl of 0 reaches those who waited, and nobody afterwards', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    const handle = await client.enqueue(short, 1);
    const waiting = handle.value();
    await isWatched(redis, queue, handle.id);
    await worker.claim();
    await worker.succeed(handle.id, 2);
    expect(await waiting).toBe(2);
    await expect(handle.result()).rejects.toMatchObject({ code: 'Q_RESULT_EXPIRED', id: handle.id });
    expect(await handle.status()).toBe('done');
  });

  test('is no longer told when its ttl is over', async ({ client, worker, makePort, queue }) => {
    const brief = task<() => number>('brief', { ttl: '30s' });
    const handle = await client.enqueue(brief);
    await worker.claim();
    await worker.succeed(handle.id, 1);
    const later = createClientOn(makePort(undefined, 31_000));
    expect(later.queue).toBe(queue);
    await expect(later.handle(brief, handle.id).result()).rejects.toMatchObject({ code: 'Q_RESULT_EXPIRED' });
    expect(await handle.value()).toBe(1);
    await later.close();
  });

  test('of an id that nobody knows is an error at once', async ({ client }) => {
    await expect(client.handle(double, 'nobody').result()).rejects.toMatchObject({
      code: 'Q_RESULT_MISSING',
      id: 'nobody',
    });
  });
});

describe('a wait', () => {
  test('ends with its timeout, and the task goes on', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2);
    await expect(handle.result({ timeout: 60 })).rejects.toMatchObject({
      code: 'Q_RESULT_TIMEOUT',
      id: handle.id,
      timeout: 60,
    });
    expect(await handle.status()).toBe('queued');
    await worker.claim();
    await worker.succeed(handle.id, 4);
    expect(await handle.value({ timeout: '5s' })).toBe(4);
  });

  test('ends with the reason of its signal, before or while it waits', async ({ client }) => {
    const handle = await client.enqueue(double, 2);
    const reason = new Error('enough');
    await expect(handle.result({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = handle.result({ signal: stop.signal });
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test('leaves nothing behind when nobody waits any more', async ({ client, redis, queue }) => {
    const handle = await client.enqueue(double, 2);
    const stop = new AbortController();
    const waits = [handle.result({ signal: stop.signal }), handle.result({ signal: stop.signal })];
    await isWatched(redis, queue, handle.id);
    stop.abort();
    await Promise.allSettled(waits);
    await expect.poll(() => redis.exists(queueKeys(queue).watch), { interval: 5, timeout: 5_000 }).toBe(0);
  });
});

describe('a failure', () => {
  test('has the name, message, stack and causes of what was thrown', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2);
    const thrown = new TypeError('no such number', { cause: new RangeError('too large') });
    await worker.claim();
    await worker.throws(handle.id, thrown);
    const result = await handle.result();
    expect(result).toMatchObject({
      success: false,
      error: { type: 'error', name: 'TypeError', message: 'no such number', stack: thrown.stack },
    });
    const error = await handle.value().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'TaskFailedError',
      code: 'TASK_FAILED',
      cause: { name: 'TypeError', message: 'no such number', stack: thrown.stack },
    });
    expect(error).toHaveProperty('cause.cause.message', 'too large');
    expect(error).toHaveProperty('cause.cause.name', 'RangeError');
  });

  test('that the task declares has data, as its schema reads it', async ({ client, worker }) => {
    const handle = await client.enqueue(parsed);
    await worker.claim();
    await worker.fail(handle.id, { type: 'Late', name: 'Late', message: 'late', data: { by: 3 } });
    expect(await handle.result()).toMatchObject({
      success: false,
      error: { type: 'Late', data: { by: '3' }, message: 'late' },
    });
  });

  test('made by a script has a type of its own, and the facts of the envelope', async ({
    client,
    worker,
  }) => {
    const handle = await client.enqueue(double, 2);
    await worker.claim();
    await worker.settle(handle.id, { kind: 'malformed' });
    const result = await handle.result();
    expect(result).toMatchObject({
      success: false,
      name: 'double',
      startedAt: null,
      workerId: worker.id,
      error: { type: 'invalid' },
    });
    const unroutable = await client.enqueue(double, 2);
    await worker.claim();
    await worker.settle(unroutable.id, {
      kind: 'unknown',
      tries: { ...noTries, firstUnknownAt: 1 },
      backoff: 1_000,
      grace: 0,
    });
    const ended = await unroutable.result();
    expect(ended).toMatchObject({
      success: false,
      name: 'double',
      startedAt: null,
      error: { type: 'unroutable', name: 'TaskUnroutableError' },
    });
    expect(ended.createdAt).toBeGreaterThan(1_000_000_000_000);
  });
});
