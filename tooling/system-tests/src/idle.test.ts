import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@q/client';
import { commandsPerformed } from '@q/testkit';
import { describe, expect } from 'vitest';
import * as tasks from './processes/contract.ts';
import { test } from './system.ts';

describe('what waiting for tasks costs Redis', () => {
  test('an idle worker performs at most one command per second', { timeout: 90_000 }, async ({
    startRedis,
    connect,
    queue,
    worker,
  }) => {
    const server = await startRedis();
    const redis = connect(server.url);
    await using client = createClient({ redis: server.url, queue });
    await worker({ redis: server.url });
    await (await client.enqueue(tasks.noop, 0)).value();
    const seconds = 40;
    await expect.poll(async () => (await redis.info('clients')).includes('blocked_clients:1')).toBe(true);
    const { byCommand } = await commandsPerformed(redis, async () => {
      await sleep(seconds * 1_000); // a stretch of time is what is measured here
    });
    const sent = ['evalsha', 'eval', 'blpop', 'ping'].reduce((sum, name) => sum + (byCommand[name] ?? 0), 0);
    expect(sent).toBeGreaterThan(seconds / 2);
    expect(sent).toBeLessThanOrEqual(seconds);
  });
});
