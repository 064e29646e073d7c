import { createClient } from '@q/client';
import { describe, expect } from 'vitest';
import * as tasks from './processes/contract.ts';
import { test } from './system.ts';

describe('Redis goes away and comes back', () => {
  for (const keepData of [true, false]) {
    test(`under load, ${keepData ? 'with' : 'without'} its data: worker and client recover by themselves`, async ({
      startRedis,
      queue,
      worker,
    }) => {
      const server = await startRedis({ persistence: keepData ? 'aof' : 'none' });
      await using client = createClient({ redis: server.url, queue });
      const child = await worker({ redis: server.url, lease: 1_000 });
      const load = Array.from({ length: 200 }, (_, n) => client.enqueue(tasks.whoRan, n % 50));
      const handles = await Promise.all(load);
      const early = handles.map((handle) =>
        handle.result({ timeout: '30s' }).then(
          () => 'done',
          (error: { code?: string }) => error.code,
        ),
      );
      await handles[3]?.result();
      await server.restart({ keepData });
      const seen = await Promise.all(early);
      const allowed = keepData ? ['done'] : ['done', 'Q_RESULT_MISSING'];
      expect(seen.filter((each) => !allowed.includes(each ?? ''))).toEqual([]);
      expect(await (await client.enqueue(tasks.noop, 5)).value({ timeout: '20s' })).toBe(5);
      expect(child.errorLines.join('\n')).not.toMatch(/uncaught|unhandled/i);
      child.signal('SIGTERM');
      expect(await child.exited).toEqual({ code: 0, signal: null });
    });
  }

  test('a call made while it is down rejects in time with code and id; the same id again is one task', async ({
    startRedis,
    queue,
    worker,
  }) => {
    const server = await startRedis({ persistence: 'aof' });
    await using client = createClient({ redis: server.url, queue, deadline: '1s' });
    await client.enqueue(tasks.noop, 0);
    await server.kill('SIGKILL');
    const before = Date.now();
    await expect(client.enqueue(tasks.noop, 1).start({ id: 'order-7' })).rejects.toMatchObject({
      code: 'Q_REDIS_UNAVAILABLE',
      id: 'order-7',
      queue,
    });
    expect(Date.now() - before).toBeLessThan(5_000);
    await server.restart({ keepData: true });
    const first = await client.enqueue(tasks.noop, 1).start({ id: 'order-7' });
    const second = await client.enqueue(tasks.noop, 2).start({ id: 'order-7' });
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    await worker({ redis: server.url });
    expect(await first.value({ timeout: '20s' })).toBe(1);
    expect(await second.value({ timeout: '20s' })).toBe(1);
  });
});
