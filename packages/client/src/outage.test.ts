import { call, task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { breakDisk, openFaultyLine } from '@q/testkit';
import type { Redis } from 'ioredis';
import { describe, expect, vi } from 'vitest';
import type { Client } from './client.ts';
import { createClientOn } from './create-client.ts';
import { test } from './test-support/client-test.ts';

const tick = task('tick');
const double = task<(n: number) => number>('double');

interface Timed {
  readonly error: unknown;
  readonly after: number;
}

async function timed(act: () => PromiseLike<unknown>): Promise<Timed> {
  const before = performance.now();
  const error = await act().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, after: performance.now() - before };
}

const unavailable = (id: string): object => expect.objectContaining({ code: 'Q_REDIS_UNAVAILABLE', id });

describe('while Redis is down', () => {
  test('every call is refused within the deadline, with its id', async ({
    startRedis,
    makeClient,
    queue,
  }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 400 });
    await client.enqueue(tick);
    await server.kill();
    const handle = client.handle(tick, 'order-7');
    const calls = [
      () => client.enqueue(tick).start({ id: 'order-7' }),
      () => handle.status(),
      () => handle.info(),
      () => handle.abort(),
    ];
    for (const { error, after } of await Promise.all(calls.map(timed))) {
      expect(error).toEqual(unavailable('order-7'));
      expect(error).toMatchObject({ queue, cause: { message: expect.stringContaining('ECONNREFUSED') } });
      expect(after).toBeGreaterThan(350);
      expect(after).toBeLessThan(800);
    }
  });

  test('what was refused never runs, and the same id is one task once Redis is up', async ({
    startRedis,
    makeClient,
    connect,
    queue,
  }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 300 });
    await client.enqueue(tick);
    await server.kill();
    const refused = await Promise.all(
      ['order-7', 'order-8'].map((id) => timed(() => client.enqueue(tick).start({ id }))),
    );
    expect(refused.map(({ error }) => error)).toEqual([unavailable('order-7'), unavailable('order-8')]);
    await server.restart();
    const up = makeClient({ redis: server.url });
    expect((await up.enqueue(tick).start({ id: 'order-7' })).duplicate).toBe(false);
    await answersAgain(client);
    expect((await client.enqueue(tick).start({ id: 'order-7' })).duplicate).toBe(true);
    expect(await connect(server.url).lrange(queueKeys(queue).ready, 0, -1)).toEqual(['order-7']);
  });

  test('a call that has time left is done when Redis is up again', async ({ startRedis, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    await client.enqueue(tick);
    await server.kill();
    const sent = Promise.all([
      client.enqueue(tick),
      client.enqueueMany([call(tick), call(tick)]),
      client.status('nobody'),
    ]);
    await server.restart();
    const [, , status] = await sent;
    expect(status).toBe('missing');
  });

  test('a client that never had a connection is refused within the deadline too', async ({
    startRedis,
    makeClient,
  }) => {
    const server = await startRedis();
    await server.kill();
    const client = makeClient({ redis: server.url, deadline: 300 });
    const { error, after } = await timed(() => client.enqueue(tick).start({ id: 'order-7' }));
    expect(error).toEqual(unavailable('order-7'));
    expect(after).toBeLessThan(700);
  });

  test('no more than 10,000 tasks wait for it, the rest is refused at once', async ({
    startRedis,
    makeClient,
  }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 1_500 });
    await client.enqueue(tick);
    await server.kill();
    await timed(() => client.status('nobody'));
    const sent = Promise.allSettled(
      Array.from({ length: 10_600 }, (_, n) => client.send(call(tick).start({ id: `n${n}` }))),
    );
    // Up to two calls of 200 have left the line.
    const last = await timed(() => client.send(call(tick).start({ id: 'last' })));
    expect(last.error).toMatchObject({ code: 'Q_BUSY', id: 'last', waiting: 10_000 });
    expect(last.after).toBeLessThan(1_000);
    const reasons = (await sent).map((one) => (one.status === 'rejected' ? one.reason.code : 'sent'));
    expect(new Set(reasons)).toEqual(new Set(['Q_REDIS_UNAVAILABLE', 'Q_BUSY']));
    expect(reasons.filter((code) => code === 'Q_BUSY').length).toBeLessThanOrEqual(600);
  });
});

test('a task that is refused when it is sent again, after an answer was lost, may be stored: nobody says that it is not', async ({
  startRedis,
  makeClient,
  connect,
  queue,
}) => {
  const server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
  const admin = connect(server.url);
  await using line = await openFaultyLine(server.url);
  const client = makeClient({ redis: line.url });
  await client.enqueue(tick);
  const lost = line.loseNextAnswer().then(() => line.cut());
  const sent = timed(() => client.enqueue(tick).start({ id: 'order-7' }));
  await lost;
  await admin.config('SET', 'maxmemory', 1);
  await line.mend();
  const { error } = await sent;
  expect(error).toEqual(unavailable('order-7'));
  expect(error).toMatchObject({ cause: { code: 'Q_REDIS_REFUSED', reason: 'OOM' } });
  expect(await admin.lrange(queueKeys(queue).ready, 0, 0)).toEqual(['order-7']);
  await admin.config('SET', 'maxmemory', 0);
  await expect(Promise.resolve(client.enqueue(tick).start({ id: 'order-7' }))).resolves.toMatchObject({
    duplicate: true,
  });
});

test('a Redis whose disk takes no more is waited for, as one that is away', async ({
  startRedis,
  makeClient,
  connect,
}) => {
  const server = await startRedis();
  const admin = connect(server.url);
  const client = makeClient({ redis: server.url, deadline: 500 });
  await client.enqueue(tick);
  const mend = await breakDisk(admin);
  const { error } = await timed(() => client.enqueue(tick).start({ id: 'order-7' }));
  expect(error).toEqual(unavailable('order-7'));
  expect(error).toMatchObject({ cause: { message: expect.stringContaining('MISCONF') } });
  const patient = makeClient({ redis: server.url });
  const sent = patient.enqueue(tick).start({ id: 'order-7' });
  await mend();
  await expect(Promise.resolve(sent)).resolves.toMatchObject({ duplicate: false });
});

test('an abort ends with the reason of its signal while Redis is away', async ({
  startRedis,
  makeClient,
}) => {
  const server = await startRedis();
  const client = makeClient({ redis: server.url, deadline: 15_000 });
  const handle = await client.enqueue(tick);
  await server.kill();
  const impatient = new AbortController();
  const aborting = handle.abort({ signal: impatient.signal });
  impatient.abort(new Error('no time'));
  await expect(aborting).rejects.toThrow('no time');
});

test('a list for which there is no room while Redis is away is refused whole, and none of it runs', async ({
  startRedis,
  makeClient,
  connect,
  queue,
}) => {
  const server = await startRedis();
  const client = makeClient({ redis: server.url, deadline: 1_500 });
  await client.enqueue(tick);
  await server.kill();
  await timed(() => client.status('nobody'));
  const list = Array.from({ length: 10_001 }, () => call(tick));
  await expect(client.enqueueMany(list)).rejects.toMatchObject({ code: 'Q_BUSY', waiting: 0 });
  await server.restart({ keepData: false });
  await client.enqueue(tick);
  expect(await connect(server.url).llen(queueKeys(queue).ready)).toBe(1);
});

test('a connection that is only being made takes any number of tasks', async ({
  makeClient,
  redis,
  queue,
}) => {
  const client = makeClient();
  await client.enqueueMany(Array.from({ length: 12_000 }, () => call(tick)));
  expect(await redis.llen(queueKeys(queue).ready)).toBe(12_000);
});

describe('a frozen Redis', () => {
  test('refuses by the deadline, and writes nothing of it when it wakes up', async ({
    startRedis,
    makeClient,
    connect,
    queue,
  }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 300 });
    await client.enqueue(tick).start({ id: 'before' });
    await server.pause();
    const refused = await Promise.all([
      timed(() => client.enqueue(tick).start({ id: 'order-7' })),
      timed(() => client.abort('before')),
    ]);
    expect(refused.map(({ error }) => error)).toEqual([unavailable('order-7'), unavailable('before')]);
    await server.resume();
    await answersAgain(client);
    const redis = connect(server.url);
    expect(await evaluations(redis)).toBeGreaterThan(1);
    expect(await redis.lrange(queueKeys(queue).ready, 0, -1)).toEqual(['before']);
    expect(await client.status('before')).toBe('queued');
    expect(await client.status('order-7')).toBe('missing');
  });
});

describe('a result is told', () => {
  test('although both connections are cut while it is waited for', async ({
    startRedis,
    makeClient,
    makeWorker,
    connect,
  }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url });
    const redis = connect(server.url);
    for (const victims of [['client'], ['subscriber'], ['client', 'subscriber']]) {
      const worker = await makeWorker(server.url);
      const handle = await client.enqueue(double, 2);
      const waiting = handle.value();
      await isWatched(redis, client.queue, handle.id);
      await cut(redis, victims);
      await worker.claim();
      await worker.succeed(handle.id, 4);
      expect((await timed(() => waiting)).after).toBeLessThan(1_500);
      expect(await waiting).toBe(4);
    }
  });

  test('when its message went out while the client was cut off, right after the reconnect', async ({
    redisUrl,
    redis,
    makeClient,
    worker,
  }) => {
    await using line = await openFaultyLine(redisUrl);
    await using client = makeClient({ redis: line.url });
    const handle = await client.enqueue(double, 2);
    const waiting = handle.value();
    await isWatched(redis, client.queue, handle.id);
    line.cut();
    await worker.claim();
    await worker.succeed(handle.id, 4);
    await line.mend();
    const { error, after } = await timed(() => waiting);
    expect(error).toBeUndefined();
    // The regular round would come after two seconds.
    expect(after).toBeLessThan(1_500);
  });

  test('after a restart of Redis that kept its data', async ({
    startRedis,
    makeClient,
    makeWorker,
    connect,
  }) => {
    const server = await startRedis({ persistence: 'aof' });
    const client = makeClient({ redis: server.url });
    const handle = await client.enqueue(double, 2);
    const waiting = handle.value();
    await isWatched(connect(server.url), client.queue, handle.id);
    await server.restart();
    const worker = await makeWorker(server.url);
    expect(await worker.claim()).toEqual([handle.id]);
    await worker.succeed(handle.id, 4);
    expect(await waiting).toBe(4);
  });

  test('also when it was asked for while Redis was down', async ({ startRedis, makeClient, makeWorker }) => {
    const server = await startRedis({ persistence: 'aof' });
    const client = makeClient({ redis: server.url, deadline: 200 });
    const handle = await client.enqueue(double, 2);
    await server.kill();
    const waiting = handle.value();
    const { error } = await timed(() => handle.result({ timeout: 300 }));
    expect(error).toMatchObject({ code: 'Q_RESULT_TIMEOUT' });
    await server.restart();
    const worker = await makeWorker(server.url);
    await worker.claim();
    await worker.succeed(handle.id, 4);
    expect(await waiting).toBe(4);
  });
});

test('a wait whose message was lost, for a result that is not stored, ends with an error', async ({
  redisUrl,
  redis,
  makeClient,
  worker,
}) => {
  const short = task<() => number>('short', { ttl: 0 });
  await using line = await openFaultyLine(redisUrl);
  await using client = makeClient({ redis: line.url });
  const handle = await client.enqueue(short);
  const waiting = timed(() => handle.value());
  await isWatched(redis, client.queue, handle.id);
  line.cut();
  await worker.claim();
  await worker.succeed(handle.id, 4);
  await line.mend();
  expect((await waiting).error).toMatchObject({ code: 'Q_RESULT_EXPIRED', id: handle.id });
});

test('a wait for what Redis has lost ends with an error', async ({ startRedis, makeClient, connect }) => {
  const server = await startRedis();
  const client = makeClient({ redis: server.url });
  const redis = connect(server.url);
  const handle = await client.enqueue(double, 2);
  const waiting = timed(() => handle.value());
  await isWatched(redis, client.queue, handle.id);
  await redis.flushall();
  const { error, after } = await waiting;
  expect(error).toMatchObject({ code: 'Q_RESULT_MISSING', id: handle.id });
  expect(after).toBeLessThan(6_000);
});

describe('a clock that is wrong', () => {
  test.for([-90_000, 90_000])(
    'by %i ms does not keep the first call from being done, and no time is stored wrong',
    async (shift, { makePort }) => {
      const real = Date.now();
      vi.useFakeTimers({ toFake: ['Date'], now: real + shift });
      try {
        const client = createClientOn(makePort());
        const handle = await client.enqueue(tick);
        expect(await client.handle(tick, 'nobody').abort()).toBe(false);
        const info = await handle.info();
        if (shift < 0) expect(Math.abs((info?.createdAt ?? 0) - real)).toBeLessThan(5_000);
        const next = await (await client.enqueue(tick)).info();
        expect(Math.abs((next?.createdAt ?? 0) - real)).toBeLessThan(5_000);
        expect(await handle.abort()).toBe(true);
        await client.close();
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

async function isWatched(redis: Redis, queue: string, id: string): Promise<void> {
  await expect.poll(() => redis.hexists(queueKeys(queue).watch, id), { interval: 5, timeout: 5_000 }).toBe(1);
}

async function answersAgain(client: Client): Promise<void> {
  await expect
    .poll(() => client.status('nobody').catch(() => 'not yet'), { interval: 20, timeout: 5_000 })
    .toBe('missing');
}

async function evaluations(redis: Redis): Promise<number> {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
}

/** Cuts connections by what they are for, all in one step. */
async function cut(redis: Redis, purposes: readonly string[]): Promise<void> {
  const list = String(await redis.client('LIST'));
  const ids = list.split('\n').flatMap((line) => {
    const [, id, purpose] = /^id=(\d+) .*name=q:(\w+):/.exec(line) ?? [];
    return id !== undefined && purpose !== undefined && purposes.includes(purpose) ? [id] : [];
  });
  expect(ids).toHaveLength(purposes.length);
  await Promise.all(ids.map((id) => redis.client('KILL', 'ID', id)));
}
