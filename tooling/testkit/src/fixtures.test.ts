import { describe, expect } from 'vitest';
import { commandsPerformed } from './commands-performed.ts';
import { test } from './fixtures.ts';

describe('fixtures', () => {
  test('give a connection to a real server', async ({ redis, queueName }) => {
    const key = queueName();
    await redis.set(key, 'there', 'EX', 10);
    expect(await redis.get(key)).toBe('there');
  });

  test('never give a queue name twice', ({ queueName }) => {
    expect(new Set(Array.from({ length: 1_000 }, queueName)).size).toBe(1_000);
  });

  test('start a server that only this test knows', async ({ startRedis, redisUrl, connect }) => {
    const server = await startRedis();
    expect(server.url).not.toBe(redisUrl);
    expect(await connect(server.url).dbsize()).toBe(0);
  });
});

describe('commandsPerformed', () => {
  test('counts calls of clients and calls inside scripts, and nothing else', async ({
    startRedis,
    connect,
  }) => {
    const redis = connect((await startRedis()).url);
    await redis.ping();
    const counted = await commandsPerformed(redis, () =>
      redis.eval("redis.call('SET', KEYS[1], 1) return 7", 1, 'k'),
    );
    expect(counted).toEqual({ value: 7, total: 2, reads: 1, byCommand: { eval: 1, set: 1 } });
  });
});
