import { call, task } from '@q/core';
import { describe, expect } from 'vitest';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const work = task<(n: number) => number>('work');
const stubborn = task<() => void>('stubborn', { timeout: 30 });
const lonely = task<() => void>('lonely', { unique: true, timeout: 50 });

describe('slots', () => {
  test('a worker runs as many tasks at once as its concurrency says, and no more', async ({ rig }) => {
    let running = 0;
    let most = 0;
    const worker = rig.worker({ concurrency: 3 });
    worker.handle(work, async (ctx, n) => {
      running += 1;
      most = Math.max(most, running);
      await ctx.sleep(5);
      running -= 1;
      return n;
    });
    await rig.start(worker);
    const handles = await rig.client.enqueueMany(Array.from({ length: 20 }, (_, n) => call(work, n)));
    const values = await Promise.all(handles.map((handle) => handle.value({ timeout: '10s' })));
    expect(values).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(most).toBe(3);
  });

  test('one slot runs one task after the other, in the order of the enqueues', async ({ rig }) => {
    const order: number[] = [];
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(work, (_ctx, n) => order.push(n));
    const handles = await rig.client.enqueueMany(Array.from({ length: 50 }, (_, n) => call(work, n)));
    await rig.start(worker);
    await Promise.all(handles.map((handle) => handle.result({ timeout: '10s' })));
    expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('a handler that ignores its timeout keeps its slot until it ends', async ({ rig }) => {
    const ignoring = deferred();
    const events: string[] = [];
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(stubborn, async () => {
      await ignoring.promise;
      events.push('ended');
    });
    worker.handle(work, (_ctx, n) => {
      events.push('next');
      return n;
    });
    await rig.start(worker);
    const first = await rig.client.enqueue(stubborn);
    const next = await rig.client.enqueue(work, 1);
    expect(await first.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'timeout' },
    });
    expect(await next.status()).toBe('queued');
    ignoring.resolve();
    expect(await next.value({ timeout: '5s' })).toBe(1);
    expect(events).toEqual(['ended', 'next']);
  });

  test('a handler that never ends gives its slot back after abandonAfter', async ({ rig }) => {
    const worker = rig.worker({ concurrency: 1, abandonAfter: 20 });
    worker.handle(stubborn, () => new Promise(() => undefined));
    worker.handle(work, (_ctx, n) => n);
    await rig.start(worker);
    await rig.client.enqueue(stubborn);
    const next = await rig.client.enqueue(work, 7);
    expect(await next.value({ timeout: '5s' })).toBe(7);
    expect(await rig.log.seen('was given up')).toMatchObject({ level: 'warn', facts: { name: 'stubborn' } });
  });

  test('a unique handler that was given up keeps its lock until it has really ended', async ({ rig }) => {
    const end = deferred();
    const worker = rig.worker({ concurrency: 2, abandonAfter: 20 });
    worker.handle(lonely, () => end.promise);
    await rig.start(worker);
    await (await rig.client.enqueue(lonely)).result({ timeout: '5s' });
    await rig.log.seen('was given up');
    const second = await (await rig.client.enqueue(lonely)).result({ timeout: '5s' });
    expect(second).toMatchObject({ success: false, error: { type: 'unique' } });
    end.resolve();
    const third = async (): Promise<unknown> =>
      (await (await rig.client.enqueue(lonely)).result({ timeout: '5s' })).success;
    await expect.poll(third).toBe(true);
  });

  test('what an abandoned handler throws later is logged, and the worker goes on', async ({ rig }) => {
    const late = deferred();
    const worker = rig.worker({ concurrency: 1, abandonAfter: 1 });
    worker.handle(stubborn, async () => {
      await late.promise;
      throw new Error('too late');
    });
    worker.handle(work, (_ctx, n) => n);
    await rig.start(worker);
    const first = await rig.client.enqueue(stubborn);
    await first.result({ timeout: '5s' });
    await rig.log.seen('was given up');
    late.resolve();
    await rig.log.seen('has ended with an error');
    expect(await (await rig.client.enqueue(work, 2)).value({ timeout: '5s' })).toBe(2);
  });
});
