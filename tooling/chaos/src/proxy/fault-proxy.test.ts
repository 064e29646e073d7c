import { startRedisServer, until } from '@q/dev-redis';
import { test as base, type Fixtures } from '@q/testkit';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, type TestAPI } from 'vitest';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
import { type Judge, pass } from './verdict.ts';

const test: TestAPI<Fixtures> = base;

async function proxyTo(url: string, judge?: Judge): Promise<FaultProxy> {
  const options: FaultProxyOptions = { target: { url } };
  const proxy = await startFaultProxy(judge === undefined ? options : { ...options, judge });
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** Says what came of a command: its reply, or that there was none in time. */
async function fate(reply: Promise<unknown>): Promise<unknown> {
  const silence = new Promise((resolve) => setTimeout(resolve, 300, 'silence'));
  return await Promise.race([reply.catch((error: Error) => error.message), silence]);
}

function through(proxy: FaultProxy, options: object = {}): Redis {
  const redis = new Redis(proxy.url, {
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...options,
  });
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  return redis;
}

describe('a fault proxy', () => {
  for (const kind of ['black hole', 'half-open', 'replies dropped'] as const) {
    test(`with the fault "${kind}" leaves connections open and silent, and is whole again afterwards`, async ({
      redisUrl,
      redis: direct,
      queueName,
    }) => {
      const proxy = await proxyTo(redisUrl);
      const redis = through(proxy);
      const key = queueName();
      expect(await redis.set(key, 'first')).toBe('OK');
      proxy.setFault({ kind });
      expect(await fate(redis.set(key, 'second'))).toBe('silence');
      expect(await direct.get(key)).toBe(kind === 'replies dropped' ? 'second' : 'first');
      expect(redis.status).toBe('ready');
      proxy.setFault({ kind: 'none' });
      expect(
        await until(async () => (await redis.get(key).catch(() => null)) ?? undefined, { what: 'an answer' }),
      ).toBe(kind === 'replies dropped' ? 'second' : 'first');
      await direct.del(key);
    });
  }

  test('lets nobody in while connections are refused', async ({ redisUrl }) => {
    const proxy = await proxyTo(redisUrl);
    const redis = through(proxy);
    await redis.ping();
    proxy.setFault({ kind: 'refused' });
    await until(() => (proxy.connections === 0 ? true : undefined), { what: 'nobody is connected' });
    expect(await fate(redis.ping())).not.toBe('PONG');
    proxy.setFault({ kind: 'none' });
    expect(await until(async () => await redis.ping().catch(() => undefined), { what: 'an answer' })).toBe(
      'PONG',
    );
  });

  test('keeps the order of what it delays, also while the delay changes', async ({ redisUrl, queueName }) => {
    const proxy = await proxyTo(redisUrl);
    const redis = through(proxy);
    const key = queueName();
    proxy.setFault({ kind: 'slow', delay: 60 });
    const replies = [redis.rpush(key, 'a'), redis.rpush(key, 'b')];
    proxy.setFault({ kind: 'slow', delay: 5 });
    replies.push(redis.rpush(key, 'c'));
    proxy.setFault({ kind: 'none' });
    replies.push(redis.rpush(key, 'd'));
    expect(await Promise.all(replies)).toEqual([1, 2, 3, 4]);
    expect(await redis.lrange(key, 0, -1)).toEqual(['a', 'b', 'c', 'd']);
    await redis.del(key);
  });

  test('refuses, swallows or executes the k-th command of a name, and answers in order', async ({
    redisUrl,
    redis: direct,
    queueName,
  }) => {
    const key = queueName();
    const proxy = await proxyTo(redisUrl, ({ name, nth }) => {
      if (name === 'incr' && nth === 2) return { kind: 'refuse', error: 'OOM no memory' };
      return name === 'incr' && nth === 4 ? { kind: 'lose reply' } : pass;
    });
    const redis = through(proxy, { retryStrategy: () => null });
    const replies = await Promise.all([
      redis.incr(key),
      fate(redis.incr(key)),
      redis.incr(key),
      fate(redis.incr(key)),
    ]);
    expect(replies.slice(0, 3)).toEqual([1, 'OOM no memory', 2]);
    expect(replies[3]).toMatch(/closed/i);
    expect(await direct.get(key)).toBe('3');
    await direct.del(key);
  });

  test('withholds a reply until somebody has acted on it', async ({ redisUrl, redis: direct, queueName }) => {
    const key = queueName();
    let seen = 0;
    const proxy = await proxyTo(redisUrl, ({ name }) =>
      name === 'incr' ? { kind: 'withhold reply', onReply: () => (seen += 1) } : pass,
    );
    expect(await fate(through(proxy).incr(key))).toBe('silence');
    expect([seen, await direct.get(key)]).toEqual([1, '1']);
    await direct.del(key);
  });

  test('passes messages of a channel on while it reads commands', async ({
    redisUrl,
    redis: direct,
    queueName,
  }) => {
    const channel = queueName();
    for (const protocol of [2, 3]) {
      const proxy = await proxyTo(redisUrl, () => pass);
      const redis = through(proxy, { protocol });
      const heard = new Promise((resolve) => redis.on('message', (_channel, message) => resolve(message)));
      await redis.subscribe(channel);
      await direct.publish(channel, 'hello');
      expect(await heard).toBe('hello');
    }
  });

  test('ends with the server: its clients are told', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const proxy = await proxyTo(server.url);
    const redis = through(proxy, { retryStrategy: () => null });
    await redis.ping();
    const closed = new Promise((resolve) => redis.on('close', () => resolve('closed')));
    await server.kill();
    expect(await closed).toBe('closed');
  });
});
