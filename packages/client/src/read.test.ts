import { type Codec, task } from '@q/core';
import { noTries } from '@q/core/wire';
import { commandsPerformed } from '@q/testkit';
import { describe, expect } from 'vitest';
import { test } from './test-support/client-test.ts';

const double = task<(n: number) => number>('double');

describe('the status', () => {
  test('follows a task from its schedule to its end', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2).start({ delay: '1ms' });
    const seen = [await handle.status()];
    await expect.poll(() => worker.claim(), { interval: 5, timeout: 5_000 }).toEqual([handle.id]);
    seen.push(await handle.status());
    const retried = {
      kind: 'retry',
      start: { kind: 'delay', ms: 3_600_000 },
      tries: { ...noTries, tries: 1, attempts: 1 },
      error: '{}',
      lock: '',
    } as const;
    await worker.settle(handle.id, retried);
    seen.push(await handle.status());
    await client.abort(handle);
    seen.push(await handle.status());
    const queued = await client.enqueue(double, 2);
    expect([...seen, await queued.status(), await client.status('nobody')]).toEqual([
      'scheduled',
      'running',
      'scheduled',
      'done',
      'queued',
      'missing',
    ]);
  });

  test('of many tasks is one call in one tick', async ({ startRedis, connect, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    await client.status('nobody');
    const ids = Array.from({ length: 50 }, (_, n) => `nobody-${n}`);
    const { byCommand, value } = await commandsPerformed(connect(server.url), () =>
      Promise.all(ids.map((id) => client.status(id))),
    );
    expect(byCommand['evalsha']).toBe(1);
    expect(new Set(value)).toEqual(new Set(['missing']));
  });
});

describe('the info', () => {
  test('says what was sent and what happened since', async ({ client, worker }) => {
    const handle = await client.enqueue(double, 2).start({ headers: { tenant: 'a;b\nc' } });
    await worker.claim();
    const error = { tries: 1, at: 1_700_000_000_000, name: 'Retry', message: 'again' };
    const tries = { ...noTries, tries: 1, attempts: 1 };
    await worker.settle(handle.id, {
      kind: 'retry',
      start: { kind: 'delay', ms: 60_000 },
      tries,
      error: JSON.stringify(error),
      lock: '',
    });
    const info = await handle.info();
    expect(info).toMatchObject({
      id: handle.id,
      name: 'double',
      status: 'scheduled',
      args: [2],
      tries: 1,
      headers: { tenant: 'a;b\nc' },
      history: [error],
    });
    expect(info?.dueAt).toBeGreaterThan(info?.enqueuedAt ?? Number.NaN);
  });

  test('is nothing for a finished and for an unknown task', async ({ client }) => {
    const handle = await client.enqueue(double, 2);
    await handle.abort();
    expect(await handle.info()).toBeNull();
    expect(await client.handle(double, 'nobody').info()).toBeNull();
  });
});

describe('a codec', () => {
  const shouting: Codec = {
    id: 'shout',
    encode: (value) => JSON.stringify(value).toUpperCase(),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
  };

  test('of the user is what writes and reads the arguments', async ({ makeClient, redis, queue }) => {
    const handle = await makeClient({ codec: shouting }).enqueueUnsafe('say', 'hello');
    expect((await handle.info())?.args).toEqual(['HELLO']);
    expect(await redis.get(`q:{${queue}}:task:${handle.id}`)).toContain('["HELLO"]');
  });

  test('that a client does not have is named in the error', async ({ makeClient, client }) => {
    const handle = await makeClient({ codec: shouting }).enqueueUnsafe('say', 'hello');
    await expect(client.handle(double, handle.id).info()).rejects.toMatchObject({
      code: 'Q_UNKNOWN_CODEC',
      codec: 'shout',
      id: handle.id,
    });
  });

  test('of the default kind is read by a client that has another', async ({ makeClient, client }) => {
    const handle = await client.enqueue(double, 2);
    expect((await makeClient({ codec: shouting }).handle(double, handle.id).info())?.args).toEqual([2]);
  });
});
