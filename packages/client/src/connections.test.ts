import { setImmediate as nextTurn } from 'node:timers/promises';
import { task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { Cluster as Cluster6, type Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { describe, expect, onTestFinished } from 'vitest';
import { createClient, createClientOn } from './create-client.ts';
import { openRedisPort } from './redis-port/open-redis-port.ts';
import { test } from './test-support/client-test.ts';
import { joinByHand } from './test-support/hand-worker.ts';

const tick = task('tick');
const double = task<(n: number) => number>('double');

/** Names of the connections that a queue's clients hold. */
async function connectionsOf(redis: Redis, queue: string): Promise<string[]> {
  const names = [...String(await redis.client('LIST')).matchAll(/ name=(\S+)/g)].map(([, name = '']) => name);
  return names.filter((name) => name.endsWith(`:${queue}`)).sort();
}

describe('a client', () => {
  test('has no connection until it is used, one then, and two from its first wait on', async ({
    makeClient,
    redisUrl,
    redis,
    queue,
  }) => {
    const client = makeClient({ redis: redisUrl });
    expect(await connectionsOf(redis, queue)).toEqual([]);
    const handle = await client.enqueue(double, 1);
    await handle.status();
    expect(await connectionsOf(redis, queue)).toEqual([`q:client:${queue}`]);
    await handle.result({ timeout: 50 }).catch(() => undefined);
    await (await client.enqueue(double, 1)).result({ timeout: 50 }).catch(() => undefined);
    expect(await connectionsOf(redis, queue)).toEqual([`q:client:${queue}`, `q:subscriber:${queue}`]);
    await client.close();
    await expect.poll(() => connectionsOf(redis, queue), { interval: 5, timeout: 5_000 }).toEqual([]);
  });

  test('may be one of many on an instance of the user', async ({ connect, redisUrl, queue }) => {
    const warnings: string[] = [];
    // What another test has left behind may be found to be dropped at any time.
    const onWarning = ({ name }: Error): void => {
      if (name === 'MaxListenersExceededWarning') warnings.push(name);
    };
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const instance = connect(redisUrl);
    const limit = instance.getMaxListeners();
    const clients = Array.from({ length: 12 }, (_, n) =>
      createClient({ redis: instance, queue: `${queue}-${n}` }),
    );
    await Promise.all(
      clients.map((client) =>
        client
          .handle(tick, 'none')
          .status()
          .catch(() => undefined),
      ),
    );
    await nextTurn();
    await Promise.all(clients.map((client) => client.close()));
    expect(warnings).toEqual([]);
    expect(instance.getMaxListeners()).toBe(limit);
  });

  test('on an instance of the user uses it, and makes one of its own for results only', async ({
    makeClient,
    connect,
    redis,
    redisUrl,
    queue,
    makeWorker,
  }) => {
    const worker = await makeWorker(redisUrl);
    for (const instance of [connect(redisUrl), new Redis5(redisUrl)]) {
      const client = makeClient({ redis: instance });
      const handle = await client.enqueue(double, 1);
      expect((await connectionsOf(redis, queue)).filter((name) => !name.includes('test'))).toEqual([]);
      const waiting = handle.value();
      await worker.claim();
      await worker.succeed(handle.id, 2);
      expect(await waiting).toBe(2);
      await client.close();
      await expect
        .poll(() => connectionsOf(redis, queue), { interval: 5, timeout: 5_000 })
        .toEqual([`q:test:${queue}`]);
      expect(await instance.ping()).toBe('PONG');
      instance.disconnect();
    }
  });

  test('on an instance that the user has ended is refused at once', async ({
    makeClient,
    connect,
    redisUrl,
  }) => {
    const instance = connect(redisUrl);
    await instance.quit();
    const before = performance.now();
    const error = await makeClient({ redis: instance })
      .send({ kind: 'call', task: tick, args: [], options: {} })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'Q_REDIS_UNAVAILABLE',
      cause: { message: expect.stringContaining('ended') },
    });
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('on a port that somebody else owns leaves it open, and closes what it made itself', async ({
    makePort,
    redisUrl,
    redis,
    queue,
  }) => {
    const port = makePort(redisUrl);
    const client = createClientOn(port);
    const handle = await client.enqueue(double, 1);
    await handle.result({ timeout: 50 }).catch(() => undefined);
    expect(await connectionsOf(redis, queue)).toEqual([`q:subscriber:${queue}`, `q:test:${queue}`]);
    await client.close();
    await expect
      .poll(() => connectionsOf(redis, queue), { interval: 5, timeout: 5_000 })
      .toEqual([`q:test:${queue}`]);
    await createClientOn(port).enqueue(tick);
  });
});

test('a client on a Cluster of the user enqueues, waits and aborts as that user, and leaves it open', async ({
  startRedis,
  connect,
  makeClient,
  queue,
}) => {
  const server = await startRedis({
    args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--requirepass', 'right'],
  });
  await connect(server.url.replace('redis://', 'redis://:right@')).call(
    'CLUSTER',
    'ADDSLOTSRANGE',
    0,
    16_383,
  );
  for (const Cluster of [Cluster6, Cluster5]) {
    const cluster = new Cluster([{ host: server.host, port: server.port }], {
      redisOptions: { password: 'right' },
    });
    onTestFinished(() => cluster.disconnect());
    const client = makeClient({ redis: cluster });
    const worker = await joinByHand(openRedisPort({ redis: cluster, queue, purpose: 'test' }));
    const handle = await client.enqueue(double, 2);
    const waiting = handle.value();
    expect(await worker.claim()).toEqual([handle.id]);
    await worker.succeed(handle.id, 4);
    expect(await waiting).toBe(4);
    expect(await (await client.enqueue(double, 2)).abort()).toBe(true);
    await client.close();
    expect(await cluster.ping()).toBe('PONG');
  }
});

describe('closing a client', () => {
  test('sends what was enqueued before', async ({ makeClient, redis, queue }) => {
    const client = makeClient();
    const sent = [client.enqueue(tick).then(({ id }) => id), client.enqueue(tick).then(({ id }) => id)];
    await Promise.resolve();
    await client.close();
    const ids = await Promise.all(sent);
    expect(await redis.lrange(queueKeys(queue).ready, 0, -1)).toEqual(ids.reverse());
  });

  test('ends every wait, and refuses every later call', async ({ makeClient }) => {
    const client = makeClient();
    const handle = await client.enqueue(double, 1);
    const waits = [handle.result(), handle.value({ timeout: '1m' })];
    const settled = Promise.allSettled(waits);
    await client.close();
    const closed = { code: 'Q_CLIENT_CLOSED', queue: client.queue };
    expect(await settled).toMatchObject([{ reason: closed }, { reason: closed }]);
    const calls = [
      client.enqueue(tick),
      handle.status(),
      handle.info(),
      handle.result(),
      handle.abort(),
      client.status('x'),
      client.enqueueMany([]),
    ];
    expect(await Promise.allSettled(calls)).toMatchObject(calls.map(() => ({ reason: closed })));
  });

  test('twice, or before it was used, is fine', async ({ makeClient }) => {
    const client = makeClient();
    await Promise.all([client.close(), client.close()]);
    await client[Symbol.asyncDispose]();
  });

  test('takes no longer than the deadline while Redis is down', async ({ startRedis, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 300 });
    await client.enqueue(tick);
    await server.kill();
    const sent = client.send({ kind: 'call', task: tick, args: [], options: { id: 'order-7' } });
    const settled = Promise.allSettled([sent]);
    const before = performance.now();
    await client.close();
    expect(performance.now() - before).toBeLessThan(900);
    expect(await settled).toMatchObject([{ reason: { code: 'Q_REDIS_UNAVAILABLE', id: 'order-7' } }]);
  });

  test('of a frozen Redis leaves no socket behind', async ({ startRedis, makeClient }) => {
    const server = await startRedis();
    const client = makeClient({ redis: server.url, deadline: 200 });
    const handle = await client.enqueue(tick);
    await handle.result({ timeout: 50 }).catch(() => undefined);
    await server.pause();
    const before = performance.now();
    await client.close();
    expect(performance.now() - before).toBeLessThan(1_500);
    await server.resume();
  });
});

test('a client without a Redis option, or with an unknown one, is refused', () => {
  const make = (options: object): unknown => Reflect.apply(createClient, undefined, [options]);
  for (const options of [
    {},
    { redis: 'redis://localhost', que: 'a' },
    { redis: 'redis://localhost', queue: 'a:b' },
    { redis: 'redis://localhost', deadline: '31s' },
  ]) {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'Q_CONFIG' }));
  }
});

test('what is no list of calls, no task and no wait option is refused with a code', async ({ client }) => {
  const handle = await client.enqueueUnsafe('noop');
  const refusals = [
    [client.enqueueMany, { kind: 'call' }],
    [client.status, undefined],
    [client.abort, null],
    [handle.result, { timeot: '1s' }],
    [handle.result, { signal: {} }],
    [handle.result, null],
    [handle.abort, { timeot: '1s' }],
  ] as const;
  for (const [call, given] of refusals) {
    const answer: unknown = Reflect.apply(call, handle, [given]);
    await expect(answer, call.name).rejects.toMatchObject({ code: 'Q_CONFIG' });
  }
});
