import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { TaskAbortedError, TaskTimeoutError } from '../errors.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const slow = task<() => string>('slow');
const limited = task<() => string>('limited', { timeout: 50 });
const alone = task<() => string>('alone', { unique: true, timeout: 80 });

describe('a timeout', () => {
  test('aborts the signal of the run and fails the task with type timeout', async ({ rig }) => {
    const reason = deferred<unknown>();
    const worker = rig.worker();
    worker.handle(limited, async (ctx) => {
      await ctx.sleep('10s').catch(reason.resolve);
      return 'too late';
    });
    await rig.start(worker);
    const result = await (await rig.client.enqueue(limited)).result({ timeout: '5s' });
    expect(result).toMatchObject({
      success: false,
      tries: 1,
      error: { type: 'timeout', name: 'TaskTimeoutError' },
    });
    expect(await reason.promise).toBeInstanceOf(TaskTimeoutError);
  });

  test('fails the task also when the handler never looks at its signal', async ({ rig }) => {
    const never = deferred();
    const worker = rig.worker();
    worker.handle(limited, async () => {
      await never.promise;
      return 'too late';
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(limited);
    expect(await handle.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'timeout' },
    });
    never.resolve();
    expect(await handle.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'timeout' },
    });
  });
});

describe('an abort', () => {
  test('reaches a running handler long before the next renewal, and the task ends as aborted', async ({
    rig,
  }) => {
    const started = deferred();
    const aborted = deferred<unknown>();
    // Renewed every 20 minutes: what comes of an abort does not come with a renewal.
    const worker = rig.worker({ lease: '1h' });
    worker.handle(slow, async (ctx) => {
      ctx.signal.addEventListener('abort', () => aborted.resolve(ctx.signal.reason));
      started.resolve();
      await ctx.sleep('1m');
      return 'never';
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(slow);
    await started.promise;
    expect(await handle.abort({ timeout: '5s' })).toBe(true);
    expect(await aborted.promise).toBeInstanceOf(TaskAbortedError);
    expect(await handle.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'aborted' },
    });
  });

  test('reaches the one slot of a worker that has no other', async ({ rig }) => {
    const started = deferred();
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(slow, async (ctx) => {
      started.resolve();
      await ctx.sleep('1m');
      return 'never';
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(slow);
    await started.promise;
    expect(await handle.abort({ timeout: '2s' })).toBe(true);
  });

  test('of a handler that ignores it is settled at once', async ({ rig }) => {
    const started = deferred();
    const end = deferred();
    const worker = rig.worker();
    worker.handle(slow, async () => {
      started.resolve();
      await end.promise;
      return 'ignored it';
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(slow);
    await started.promise;
    expect(await handle.abort({ timeout: '2s' })).toBe(true);
    end.resolve();
    expect(await handle.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'aborted' },
    });
  });

  test('that comes after the end answers false', async ({ rig }) => {
    const worker = rig.worker();
    worker.handle(slow, () => 'done');
    await rig.start(worker);
    const handle = await rig.client.enqueue(slow);
    await handle.value({ timeout: '5s' });
    expect(await handle.abort()).toBe(false);
  });
});

describe('a unique task', () => {
  test('keeps others out until the handler of its timed-out run has really ended', async ({ rig }) => {
    const end = deferred();
    let runs = 0;
    const worker = rig.worker();
    worker.handle(alone, async () => {
      runs += 1;
      if (runs === 1) await end.promise;
      return 'done';
    });
    const running = await rig.start(worker);
    const first = await (await rig.client.enqueue(alone)).result({ timeout: '5s' });
    expect(first).toMatchObject({ success: false, error: { type: 'timeout' } });
    expect(await (await rig.client.enqueue(alone)).result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'unique' },
    });
    end.resolve();
    await expect
      .poll(async () => (await (await rig.client.enqueue(alone)).result({ timeout: '5s' })).success)
      .toBe(true);
    expect(running.id).not.toBe('');
  });
});
