import { call, task } from '@q/core';
import { describe, expect } from 'vitest';
import { LeaseLostError } from '../errors.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const work = task<(n: number) => string>('work');
const foreign = task<() => string>('foreign');

describe('a worker whose lease was lost', () => {
  test('aborts what it runs, drops its results and joins under another wire id', async ({ rig, redis }) => {
    const started = deferred();
    const reason = deferred<unknown>();
    const end = deferred();
    let runs = 0;
    const worker = rig.worker({ id: 'here' });
    worker.handle(work, async (ctx) => {
      runs += 1;
      if (runs > 1) return `attempt ${ctx.attempt} on ${ctx.workerId}`;
      ctx.signal.addEventListener('abort', () => reason.resolve(ctx.signal.reason));
      started.resolve();
      await end.promise;
      return 'result of a zombie';
    });
    const running = await rig.start(worker);
    const before = running.id;
    const handle = await rig.client.enqueue(work, 1);
    await started.promise;
    const other = rig.worker({ id: 'other' });
    await rig.start(other.handle(foreign, () => 'x'));
    // What a worker that was frozen for longer than its lease finds when it wakes; again, because a renewal may be under way.
    const expire = () => redis.zadd(`q:{${rig.queue}}:workers`, 'XX', 1, before);
    await expect.poll(async () => [await expire(), running.id][1], { timeout: 10_000 }).not.toBe(before);
    expect(await reason.promise).toBeInstanceOf(LeaseLostError);
    end.resolve();
    const result = await handle.result({ timeout: '10s' });
    expect(result).toMatchObject({ success: true, result: expect.stringContaining('attempt 2 on here~') });
    expect(running.id.startsWith('here~')).toBe(true);
    expect(result.workerId).toBe(running.id);
  });

  test('goes on when all data of Redis was deleted', async ({ startRedis, rigOn, connect }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const worker = rig.worker();
    worker.handle(work, (_ctx, n) => `ran ${n}`);
    await rig.start(worker);
    expect(await (await rig.client.enqueue(work, 1)).value({ timeout: '5s' })).toBe('ran 1');
    await connect(url).flushall();
    expect(await (await rig.client.enqueue(work, 2)).value({ timeout: '10s' })).toBe('ran 2');
    expect(await rig.log.seen('the lease of this worker was lost')).toMatchObject({ level: 'error' });
  });

  test('and one whose Redis was restarted without its data', { timeout: 30_000 }, async ({
    startRedis,
    rigOn,
  }) => {
    const server = await startRedis();
    const rig = rigOn(server.url);
    const worker = rig.worker();
    worker.handle(work, (_ctx, n) => `ran ${n}`);
    await rig.start(worker);
    await (await rig.client.enqueue(work, 1)).value({ timeout: '5s' });
    await server.restart({ keepData: false });
    const ready = performance.now();
    expect(await (await rig.client.enqueue(work, 2)).value({ timeout: '10s' })).toBe('ran 2');
    expect(performance.now() - ready).toBeLessThan(4_000);
  });
});

describe('two workers of one label', () => {
  test('are two workers, and share the work', async ({ rig }) => {
    const both = deferred();
    const busy = new Set<string>();
    const one = () =>
      rig.worker({ id: 'same', concurrency: 1 }).handle(work, async (ctx) => {
        busy.add(ctx.workerId);
        if (busy.size === 2) both.resolve();
        await both.promise;
        return ctx.workerId;
      });
    const first = await rig.start(one());
    const second = await rig.start(one());
    expect(first.id).not.toBe(second.id);
    const handles = await rig.client.enqueueMany([call(work, 1), call(work, 2)]);
    const holders = await Promise.all(handles.map((handle) => handle.value({ timeout: '10s' })));
    expect(holders.toSorted()).toEqual([first.id, second.id].toSorted());
  });
});

describe('a task whose name has no handler here', () => {
  test('is put off, uncharged, and run by a worker that has one', async ({ rig }) => {
    const older = rig.worker();
    older.handle(work, () => 'x');
    await rig.start(older);
    const handle = await rig.client.enqueue(foreign);
    expect(await rig.log.seen('has no handler')).toMatchObject({ facts: { name: 'foreign', again: 1_000 } });
    await expect.poll(() => handle.status()).toBe('scheduled');
    await rig.start(rig.worker().handle(foreign, (ctx) => `try ${ctx.tries}`));
    expect(await handle.value({ timeout: '10s' })).toBe('try 1');
  });
});
