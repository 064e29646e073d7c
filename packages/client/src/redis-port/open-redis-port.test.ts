import { inspect } from 'node:util';
import { queryObjects } from 'node:v8';
import { ConfigError, QueueUnavailableError } from '@q/core';
import { read } from '@q/core/wire';
import { connectionOptions, test } from '@q/testkit';
import { Cluster, Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { describe, expect } from 'vitest';
import type { RedisPort } from '../redis-port.ts';
import { openRedisPort } from './open-redis-port.ts';

const nothing = { ids: ['nobody'] };

async function answers(port: RedisPort): Promise<unknown> {
  const { items } = await port.run(read, nothing, { deadline: 5_000 });
  return items;
}

describe('a port takes', () => {
  test('a URL', async ({ redisUrl, queueName }) => {
    const port = openRedisPort({ redis: redisUrl, queue: queueName(), purpose: 'main' });
    expect(await answers(port)).toEqual([null]);
    await port.close();
  });

  test('options of ioredis, whatever they say about queues and retries', async ({ redisUrl, queueName }) => {
    const redis = {
      ...connectionOptions(redisUrl),
      maxRetriesPerRequest: 0,
      enableOfflineQueue: true,
      stringNumbers: true,
    };
    const port = openRedisPort({ redis, queue: queueName(), purpose: 'main' });
    expect(await answers(port)).toEqual([null]);
    await port.close();
  });

  test('an instance of ioredis 6, and leaves it open', async ({ redis, queueName }) => {
    const port = openRedisPort({ redis, queue: queueName(), purpose: 'main' });
    expect(await answers(port)).toEqual([null]);
    await port.close();
    expect(await redis.ping()).toBe('PONG');
    expect(['close', 'end', 'ready'].map((event) => redis.listenerCount(event))).toEqual([0, 0, 0]);
  });

  test('an instance of ioredis 5, and forks it with its own copy of the library', async ({
    redisUrl,
    queueName,
  }) => {
    const redis = new Redis5(redisUrl, { lazyConnect: true });
    const port = openRedisPort({ redis, queue: queueName(), purpose: 'main' });
    const fork = port.fork('other');
    expect(await answers(port)).toEqual([null]);
    expect(await answers(fork)).toEqual([null]);
    await port.close();
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  test.for([
    ['6', (url: string) => new Redis(url, { enableAutoPipelining: true })],
    ['5', (url: string) => new Redis5(url, { enableAutoPipelining: true })],
  ] as const)(
    'an instance of ioredis %s that gathers commands by itself, as a copy, and leaves it as it is',
    async ([, connectTo], { redisUrl, queueName }) => {
      const redis = connectTo(redisUrl);
      const port = openRedisPort({ redis, queue: queueName(), purpose: 'main' });
      expect(await Promise.all([answers(port), answers(port)])).toEqual([[null], [null]]);
      expect(String(await redis.client('LIST'))).toContain('name=q:main:');
      await port.close();
      expect(await redis.ping()).toBe('PONG');
      expect(['close', 'end', 'ready'].map((event) => redis.listenerCount(event))).toEqual([0, 0, 0]);
      redis.disconnect();
    },
  );
});

test('a fork that is closed is forgotten by the port it was made from', async ({ redisUrl, queueName }) => {
  const port = openRedisPort({ redis: redisUrl, queue: queueName(), purpose: 'main' });
  const alive = (): number => Number(queryObjects(Redis, { format: 'count' }));
  const before = alive();
  for (let at = 0; at < 20; at += 1) await port.fork('other').close();
  await expect.poll(alive, { interval: 100, timeout: 10_000 }).toBeLessThan(before + 5);
  await port.close();
});

describe('a port refuses', () => {
  const refused = (redis: never | object | string): unknown => {
    try {
      openRedisPort({ redis, queue: 'q', purpose: 'main' });
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test('a bad URL, without printing its password', ({ expect }) => {
    for (const url of [
      'http://u:s3cret@host',
      'redis//:s3cret@host',
      'redis://u:s3cret@host/zero',
      'redis://u:s3cret%@host',
      'redis://:s3cret@h?db=1',
    ]) {
      const error = refused(url);
      expect(error, url).toBeInstanceOf(ConfigError);
      expect(String(error)).not.toContain('s3cret');
    }
  });

  test('a keyPrefix, which scripts would not see', ({ redisUrl }) => {
    const prefixed = new Redis(redisUrl, { keyPrefix: 'app:', lazyConnect: true });
    expect(refused(prefixed)).toBeInstanceOf(ConfigError);
    expect(refused({ host: 'localhost', keyPrefix: 'app:' })).toBeInstanceOf(ConfigError);
    prefixed.disconnect();
  });

  test('an instance that turns numbers into texts, as scripts answer with both', ({ redisUrl }) => {
    const texts = new Redis(redisUrl, { stringNumbers: true, lazyConnect: true });
    expect(String(refused(texts))).toContain('stringNumbers');
    const nodes = new Cluster([redisUrl], { redisOptions: { stringNumbers: true }, lazyConnect: true });
    expect(String(refused(nodes))).toContain('stringNumbers');
  });

  test('a client of another library', () => {
    expect(refused({ duplicate: () => undefined, sendCommand: () => undefined })).toBeInstanceOf(ConfigError);
  });
});

describe('a call', () => {
  test('finds its way when Redis has forgotten its scripts', async ({ startRedis, connect, queueName }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    await answers(port);
    await connect(server.url).script('FLUSH');
    expect(await answers(port)).toEqual([null]);
    await port.close();
  });

  test('waits for a connection within its deadline, and says why there was none', async ({
    startRedis,
    queueName,
  }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    await answers(port);
    await server.kill();
    const before = performance.now();
    const error = await port
      .run(read, nothing, { deadline: 700, id: 'order-7' })
      .catch((thrown: unknown) => thrown);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(error).toBeInstanceOf(QueueUnavailableError);
    expect(error).toMatchObject({ code: 'Q_REDIS_UNAVAILABLE', id: 'order-7', queue: port.keys.queue });
    expect(port.isLost).toBe(true);
    await server.restart();
    expect(await answers(port)).toEqual([null]);
    expect(port.isLost).toBe(false);
    await port.close();
  });

  test('without a deadline outlasts a frozen server', async ({ startRedis, queueName }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    await answers(port);
    await server.pause();
    const pending = port.run(read, nothing);
    const early = await port.run(read, nothing, { deadline: 200 }).catch((thrown: unknown) => thrown);
    expect(early).toBeInstanceOf(QueueUnavailableError);
    await server.resume();
    expect((await pending).items).toEqual([null]);
    await port.close();
  });

  test('is given up with the reason of its signal, and by the end of its port', async ({
    startRedis,
    queueName,
  }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    await server.kill();
    const reason = new Error('enough');
    const stop = new AbortController();
    const signalled = port.run(read, nothing, { signal: stop.signal });
    const closed = port.run(read, nothing);
    stop.abort(reason);
    await expect(signalled).rejects.toBe(reason);
    await Promise.all([expect(closed).rejects.toMatchObject({ code: 'Q_PORT_CLOSED' }), port.close()]);
    await expect(port.run(read, nothing)).rejects.toMatchObject({ code: 'Q_PORT_CLOSED' });
  });
});

describe('a fork', () => {
  test('waits for list elements without keeping its main connection busy', async ({
    redis,
    redisUrl,
    queueName,
  }) => {
    const port = openRedisPort({ redis: redisUrl, queue: queueName(), purpose: 'main' });
    const blocking = port.fork('blocking');
    expect(await blocking.blockingPop([port.keys.bell], 0.05)).toBeNull();
    const popping = blocking.blockingPop([port.keys.inbox('w'), port.keys.bell], 2);
    expect(await answers(port)).toEqual([null]);
    await redis.lpush(port.keys.bell, '1');
    expect(await popping).toEqual({ key: port.keys.bell, value: '1' });
    await port.close();
  });

  test('runs a script right after it has waited, and says nothing of one that Redis does not know', async ({
    startRedis,
    connect,
    queueName,
  }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    const blocking = port.fork('blocking');
    const call = { script: read, input: { ids: ['a'] } };
    expect(await blocking.popThenRun([port.keys.bell], 0.01, call)).toEqual({ popped: null, reply: null });
    expect(await answers(port)).toEqual([null]);

    const redis = connect(server.url);
    const both = blocking.popThenRun([port.keys.bell], 2, call);
    await redis.set(port.keys.task('a'), 'q;;;;;;\n1;;1;1;a;\n');
    await redis.lpush(port.keys.bell, '1');
    expect(await both).toMatchObject({
      popped: { key: port.keys.bell, value: '1' },
      reply: { items: [{ tag: null }] },
    });

    const broken = blocking.popThenRun([port.keys.bell], 2, call);
    await server.restart();
    expect(await broken).toEqual({ popped: null, reply: null });
    await port.close();
  });

  test('that waits for list elements answers nothing when its connection breaks, and is rejected by its signal', async ({
    startRedis,
    queueName,
  }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    const blocking = port.fork('blocking');
    await blocking.blockingPop([port.keys.bell], 0.01);
    const popping = blocking.blockingPop([port.keys.bell], 2);
    await server.restart();
    const before = performance.now();
    expect(await popping).toBeNull();
    expect(performance.now() - before).toBeLessThan(1_500);
    const reason = new Error('enough');
    const stop = new AbortController();
    const stopped = blocking.blockingPop([port.keys.bell], 2, { signal: stop.signal });
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    await port.close();
  });

  test('says that it is back only when its channels are subscribed again', async ({
    startRedis,
    connect,
    queueName,
  }) => {
    const server = await startRedis();
    const port = openRedisPort({ redis: server.url, queue: queueName(), purpose: 'main' });
    const subscriber = port.fork('subscriber');
    const received: string[] = [];
    await subscriber.subscribe('news', (bytes) => received.push(bytes.toString()));
    const redis = connect(server.url);
    for (const round of ['one', 'two', 'three']) {
      const back = new Promise<void>((resolve) => {
        const stop = subscriber.onReconnect(() => {
          stop();
          resolve();
        });
      });
      await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await back;
      expect(await redis.publish('news', round)).toBe(1);
    }
    await expect.poll(() => received, { interval: 5 }).toEqual(['one', 'two', 'three']);
    await port.close();
  });

  test('is made in another thread from options that can be sent there', async ({
    redis,
    redisUrl,
    queueName,
  }) => {
    for (const source of [redisUrl, { ...redis.options, retryStrategy: () => 5 }, redis]) {
      const port = openRedisPort({ redis: source, queue: queueName(), purpose: 'main' });
      const made = structuredClone(port.threadOptions());
      expect(made?.kind).toBe('server');
      const there = openRedisPort({ redis: made?.options ?? {}, queue: port.keys.queue, purpose: 'lease' });
      expect(await answers(there)).toEqual([null]);
      await Promise.all([port.close(), there.close()]);
    }
    const custom = openRedisPort({
      redis: { tls: { checkServerIdentity: () => undefined } },
      queue: queueName(),
      purpose: 'main',
    });
    expect(custom.threadOptions()).toBeNull();
    await custom.close();
  });
});

test('a port tells what the server says of itself', async ({ redisUrl, queueName }) => {
  const port = openRedisPort({ redis: redisUrl, queue: queueName(), purpose: 'main' });
  expect(await port.serverInfo()).toMatchObject({
    tcp_port: new URL(redisUrl).port,
    maxmemory_policy: 'noeviction',
  });
  await port.close();
});

test('a wrong password is told as it is, without the password', async ({ startRedis, queueName }) => {
  const server = await startRedis({ args: ['--requirepass', 'right'] });
  const url = server.url.replace('redis://', 'redis://:s3cret@');
  const port = openRedisPort({ redis: url, queue: queueName(), purpose: 'main' });
  const errors: Error[] = [];
  port.onError((error) => errors.push(error));
  const refused = await port.run(read, nothing, { deadline: 400 }).catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({
    code: 'Q_REDIS_UNAVAILABLE',
    cause: { message: expect.stringContaining('WRONGPASS') },
  });
  expect(inspect([refused, errors], { depth: 9, showHidden: true })).not.toContain('s3cret');
  await port.close();
});
