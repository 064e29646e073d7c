import { createClient } from '@q/client';
import { call } from '@q/core';
import { commandsPerformed } from '@q/testkit';
import { describe, expect } from 'vitest';
import * as tasks from './processes/contract.ts';
import { test } from './system.ts';

describe('what a task costs Redis', () => {
  test('a no-op task at concurrency 32 takes at most 6 commands from enqueue to settled, inside scripts', async ({
    startRedis,
    connect,
    queue,
    worker,
  }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    await using client = createClient({ redis: server.url, queue });
    await worker({ redis: server.url, concurrency: 32 });
    await (await client.enqueue(tasks.noop, 0)).value();
    const amount = 3_200;
    const { total, byCommand } = await commandsPerformed(redis, async () => {
      const handles = await client.enqueueMany(Array.from({ length: amount }, (_, n) => call(tasks.noop, n)));
      await expect.poll(() => redis.hlen(`q:{${queue}}:running`), { interval: 20 }).toBe(0);
      await handles.at(-1)?.value({ timeout: '30s' });
    });
    expect(byCommand['evalsha'] ?? 0).toBeLessThan(amount / 8);
    expect(total / amount).toBeLessThanOrEqual(6);
  });

  test('10,000 tasks drained leave only allow-listed keys, every finished one with a TTL', async ({
    startRedis,
    connect,
    queue,
    worker,
  }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    await using client = createClient({ redis: server.url, queue });
    const child = await worker({ redis: server.url });
    const calls = Array.from({ length: 10_000 }, (_, n) => call(tasks.noop, n));
    const handles = await client.enqueueMany(calls);
    await Promise.all(handles.map((handle) => handle.value({ timeout: '60s' })));
    child.signal('SIGTERM');
    await child.exited;
    const keys = await redis.keys('*');
    const prefix = `q:{${queue}}:`;
    const others = keys
      .filter((key) => !key.startsWith(`${prefix}task:`))
      .map((key) => key.slice(prefix.length));
    expect(others.filter((key) => !['meta', 'bell:'].includes(key))).toEqual([]);
    const finished = keys.filter((key) => key.startsWith(`${prefix}task:`));
    expect(finished).toHaveLength(10_000);
    const pipeline = redis.pipeline();
    for (const key of finished) pipeline.pttl(key);
    const lives = (await pipeline.exec()) ?? [];
    expect(lives.filter(([, left]) => Number(left) <= 0)).toEqual([]);
  });

  test('a worker holds at most 3 connections, a client 1 until a result is awaited, then 2', async ({
    startRedis,
    connect,
    queue,
    worker,
  }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    const others = async (): Promise<number> =>
      String(await redis.client('LIST'))
        .trim()
        .split('\n').length - 1;
    await using client = createClient({ redis: server.url, queue });
    const handle = await client.enqueue(tasks.noop, 0);
    expect(await others()).toBe(1);
    const waiting = handle.value();
    await expect.poll(others).toBe(2);
    await worker({ redis: server.url });
    await waiting;
    expect(await others()).toBeLessThanOrEqual(5);
  });
});
