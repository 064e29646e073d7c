import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { Retry } from '../retry/retry.ts';
import { test } from '../test-support/worker-test.ts';

const flaky = task<() => number>('flaky');
const twice = task<() => number>('twice', { maxTries: 2 });
const endless = task<() => number>('endless', { maxTries: null });

describe('retries', () => {
  test('a Retry runs the task again until it succeeds, one try after the other', async ({ rig }) => {
    const seen: number[][] = [];
    const worker = rig.worker();
    worker.handle(flaky, (ctx) => {
      seen.push([ctx.tries, ctx.attempt, ctx.maxTries ?? 0]);
      if (ctx.tries < 3) throw new Retry('again', { delay: 0 });
      return ctx.tries;
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(flaky);
    expect(await handle.result({ timeout: '5s' })).toMatchObject({ success: true, result: 3, tries: 3 });
    expect(seen).toEqual([
      [1, 1, 3],
      [2, 2, 3],
      [3, 3, 3],
    ]);
  });

  test('the delay of a Retry is kept, and without one the first retry comes after 1 s', async ({ rig }) => {
    const starts: number[] = [];
    const worker = rig.worker();
    worker.handle(flaky, (ctx) => {
      starts.push(Date.now());
      if (ctx.tries === 1) throw ctx.retry({ delay: '300ms' });
      if (ctx.tries === 2) return 2;
      return 0;
    });
    worker.handle(endless, (ctx) => {
      starts.push(Date.now());
      if (ctx.tries === 1) throw new Retry();
      return 1;
    });
    await rig.start(worker);
    await (await rig.client.enqueue(flaky)).value({ timeout: '5s' });
    await (await rig.client.enqueue(endless)).value({ timeout: '5s' });
    const [first = 0, second = 0, third = 0, fourth = 0] = starts;
    expect(second - first).toBeGreaterThanOrEqual(299);
    expect(second - first).toBeLessThan(800);
    expect(fourth - third).toBeGreaterThanOrEqual(999);
    expect(fourth - third).toBeLessThan(1_600);
  });

  test('a waiting retry is scheduled, with a due time', async ({ rig }) => {
    const worker = rig.worker();
    worker.handle(flaky, (ctx) => {
      throw ctx.retry({ delay: '1h' });
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(flaky);
    await rig.log.seen('is to be tried again');
    await expect.poll(() => handle.status()).toBe('scheduled');
    expect((await handle.info())?.tries).toBe(1);
  });

  test('the last try fails at once with its Retry, the real error as cause', async ({ rig }) => {
    let runs = 0;
    const worker = rig.worker();
    worker.handle(twice, () => {
      runs += 1;
      throw new Retry(`try ${runs}`, { delay: 0, cause: new TypeError('disk full') });
    });
    await rig.start(worker);
    const result = await (await rig.client.enqueue(twice)).result({ timeout: '5s' });
    expect(result).toMatchObject({
      success: false,
      tries: 2,
      error: {
        type: 'error',
        name: 'Retry',
        message: 'try 2',
        cause: { name: 'TypeError', message: 'disk full' },
      },
    });
    expect(runs).toBe(2);
  });

  test('any other throw fails at once', async ({ rig }) => {
    let runs = 0;
    const worker = rig.worker();
    worker.handle(flaky, () => {
      runs += 1;
      throw new RangeError('no');
    });
    await rig.start(worker);
    const result = await (await rig.client.enqueue(flaky)).result({ timeout: '5s' });
    expect(result).toMatchObject({
      success: false,
      tries: 1,
      error: { type: 'error', name: 'RangeError', message: 'no' },
    });
    expect(runs).toBe(1);
  });

  test('without a limit a task is retried beyond three tries', async ({ rig }) => {
    const worker = rig.worker();
    worker.handle(endless, (ctx) => {
      if (ctx.tries < 6) throw ctx.retry({ delay: 0 });
      return ctx.tries;
    });
    await rig.start(worker);
    expect(await (await rig.client.enqueue(endless)).value({ timeout: '5s' })).toBe(6);
  });
});
