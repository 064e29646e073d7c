import { call, task } from '@q/core';
import { describe, expect } from 'vitest';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const work = task<(n: number) => number>('work');

describe('connections that break under load', () => {
  test('cost no task and no second run: calls are sent again, and claims are numbered', {
    timeout: 40_000,
  }, async ({ startRedis, rigOn, connect }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const redis = connect(url);
    const count = 600;
    const runs = new Map<number, number>();
    const all = deferred();
    let cuts = 0;
    const worker = rig.worker({ concurrency: 8 });
    worker.handle(work, async (ctx, n) => {
      runs.set(n, (runs.get(n) ?? 0) + 1);
      if (n % 100 === 50 && ctx.attempt === 1) {
        cuts += 1;
        await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }
      if (runs.size === count) all.resolve();
      return n;
    });
    const handles = await rig.client.enqueueMany(Array.from({ length: count }, (_, n) => call(work, n)));
    await rig.start(worker);
    await all.promise;
    const results = await Promise.all(handles.map((handle) => handle.result({ timeout: '20s' })));
    expect(results.every(({ success }) => success)).toBe(true);
    expect([...runs.values()].filter((times) => times > 1)).toEqual([]);
    expect(cuts).toBe(6);
  });

  test('end a worker that rejoins a queue of another version, and done says why', async ({
    startRedis,
    rigOn,
    connect,
  }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const redis = connect(url);
    const running = await rig.start(rig.worker().handle(work, (_ctx, n) => n));
    await redis.flushall();
    await redis.hset(`q:{${rig.queue}}:meta`, 'protocol', '999');
    await expect(running.done).rejects.toMatchObject({ code: 'Q_INCOMPATIBLE' });
  });
});
