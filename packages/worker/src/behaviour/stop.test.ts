import { call, task } from '@q/core';
import { describe, expect } from 'vitest';
import { WorkerStoppingError } from '../errors.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const long = task<(n: number) => string>('long', { maxTries: 1 });

describe('stop()', () => {
  test('waits for what runs, and starts nothing more', async ({ rig }) => {
    const started = deferred();
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(long, async (ctx, n) => {
      started.resolve();
      await ctx.sleep(50);
      return `ran ${n}`;
    });
    const handles = await rig.client.enqueueMany([call(long, 1), call(long, 2)]);
    const running = await rig.start(worker);
    await started.promise;
    await running.stop();
    const [first, second] = await Promise.all(handles.map((handle) => handle.status()));
    expect([first, second]).toEqual(['done', 'queued']);
    expect(await handles[0]?.value()).toBe('ran 1');
  });

  test('aborts what outlives the grace period and hands it back uncharged; another worker runs it', async ({
    rig,
  }) => {
    const started = deferred();
    const reason = deferred<unknown>();
    const stopping = rig.worker();
    stopping.handle(long, async (ctx) => {
      started.resolve();
      await ctx.sleep('1m').catch(reason.resolve);
      return 'first';
    });
    const running = await rig.start(stopping);
    const handle = await rig.client.enqueue(long, 1);
    await started.promise;
    const begun = performance.now();
    await running.stop({ gracePeriod: 50 });
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(await reason.promise).toBeInstanceOf(WorkerStoppingError);
    expect(await handle.status()).toBe('queued');
    const next = rig.worker();
    next.handle(long, (ctx) => `try ${ctx.tries}, attempt ${ctx.attempt}`);
    await rig.start(next);
    expect(await handle.value({ timeout: '5s' })).toBe('try 1, attempt 2');
  });

  test('ends within 3 s of the grace period though a handler never does', async ({ rig }) => {
    const started = deferred();
    const worker = rig.worker();
    worker.handle(long, () => {
      started.resolve();
      return new Promise(() => undefined);
    });
    const running = await rig.start(worker);
    await rig.client.enqueue(long, 1);
    await started.promise;
    const begun = performance.now();
    await running.stop({ gracePeriod: 100 });
    expect(performance.now() - begun).toBeLessThan(3_100);
  });

  test('can be called twice, resolves done, and leaves nothing of the worker in the queue', async ({
    rig,
    redis,
  }) => {
    const worker = rig.worker();
    worker.handle(long, () => 'x');
    const running = await rig.start(worker);
    await Promise.all([running.stop(), running.stop(), running.done]);
    await running.stop();
    expect(await redis.keys(`q:{${rig.queue}}:*${running.id}*`)).toEqual([]);
    expect(await redis.zscore(`q:{${rig.queue}}:workers`, running.id)).toBeNull();
  });

  test('ends in time when Redis is away', { timeout: 30_000 }, async ({ startRedis, rigOn }) => {
    const server = await startRedis();
    const rig = rigOn(server.url);
    const started = deferred();
    const worker = rig.worker();
    worker.handle(long, async (ctx) => {
      started.resolve();
      await ctx.sleep('1m');
      return 'never';
    });
    const running = await rig.start(worker);
    await rig.client.enqueue(long, 1);
    await started.promise;
    await server.kill();
    const begun = performance.now();
    await running.stop({ gracePeriod: 100 });
    expect(performance.now() - begun).toBeLessThan(3_100);
  });

  test('ends in time when Redis is away and a handler still enqueues', { timeout: 30_000 }, async ({
    startRedis,
    rigOn,
  }) => {
    const server = await startRedis();
    const rig = rigOn(server.url);
    const started = deferred();
    const refused = deferred<unknown>();
    const worker = rig.worker();
    worker.handle(long, async (ctx) => {
      started.resolve();
      await ctx.sleep('1m').catch(() => ctx.enqueue(long, 2).then(undefined, refused.resolve));
      return 'never';
    });
    const running = await rig.start(worker);
    await rig.client.enqueue(long, 1);
    await started.promise;
    await server.kill();
    const begun = performance.now();
    await running.stop({ gracePeriod: 100 });
    expect(performance.now() - begun).toBeLessThan(3_500);
    expect(await refused.promise).toMatchObject({ code: expect.stringMatching(/^Q_/) });
  });

  test('await using stops the worker', async ({ rig }) => {
    const worker = rig.worker();
    worker.handle(long, () => 'x');
    let done: Promise<void> = Promise.reject(new Error('never started'));
    done.catch(() => undefined);
    {
      await using running = await worker.start();
      done = running.done;
    }
    await expect(done).resolves.toBeUndefined();
  });
});
