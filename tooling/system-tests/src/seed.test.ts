import type { TaskResult } from '@q/core';
import { describe, expect } from 'vitest';
import * as tasks from './processes/contract.ts';
import { said, test } from './system.ts';

/**
 * SEED-tasks.rst, sentence by sentence. The client is this process, the worker another one. Sentences about types are
 * shown by the `*.test-d.ts` files of the packages.
 */

describe('Registering tasks', () => {
  test('tasks must first be registered with the worker: one that is not waits and is not failed', async ({
    client,
    worker,
  }) => {
    await worker();
    const handle = await client.enqueueUnsafe('not.registered');
    const later = await client.enqueue(tasks.noop, 1);
    await later.value();
    expect(['scheduled', 'queued', 'running']).toContain(await handle.status());
    expect(await handle.abort()).toBe(true);
  });

  test('the first parameter, ctx, is prepended to the rest of the parameters upon execution', async ({
    client,
    worker,
  }) => {
    await worker();
    const handle = await client.enqueue(tasks.whoRan, 0);
    expect(await handle.value()).toMatchObject({ tries: 1, attempt: 1 });
  });

  test('max_tries: defaults to 3', async ({ client, worker }) => {
    await worker();
    const result = await (await client.enqueue(tasks.hopeless)).result();
    expect(result).toMatchObject({ success: false, tries: 3, error: { type: 'error', message: 'try 3' } });
    const twice = await (await client.enqueue(tasks.hopelessTwice)).result();
    expect(twice).toMatchObject({ success: false, tries: 2 });
  });

  test('timeout: amount of time to run the task before a timeout error', async ({ client, worker }) => {
    await worker();
    const result = await (await client.enqueue(tasks.deaf, 1_000)).result();
    expect(result).toMatchObject({ success: false, error: { type: 'timeout' } });
  });

  test('timeout: None (the default) means never timeout', async ({ client, worker }) => {
    await worker();
    expect(await (await client.enqueue(tasks.unlimited, 1_000)).value()).toBe('in its own time');
  });

  test('ttl: amount of time to store the result in Redis; defaults to 5 minutes', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    await worker();
    const handle = await client.enqueue(tasks.noop, 1);
    await handle.result();
    const left = await redis.pttl(`q:{${queue}}:task:${handle.id}`);
    expect(left).toBeGreaterThan(290_000);
    expect(left).toBeLessThanOrEqual(300_000);
  });

  test('ttl: None means never delete results', async ({ client, worker, redis, queue }) => {
    await worker();
    const handle = await client.enqueue(tasks.keptForEver);
    await handle.result();
    expect(await redis.pttl(`q:{${queue}}:task:${handle.id}`)).toBe(-1);
  });

  test('ttl: 0 means never store results, those who wait get it all the same', async ({
    client,
    worker,
    redis,
    queue,
  }) => {
    const handle = await client.enqueue(tasks.notKept);
    const waiting = handle.result({ timeout: '20s' });
    await expect.poll(() => redis.hexists(`q:{${queue}}:watch`, handle.id)).toBe(1);
    await worker();
    expect(await waiting).toMatchObject({ success: true, result: 1 });
    expect(await redis.get(`q:{${queue}}:task:${handle.id}`)).toMatch(/^\+[^\n]*\n$/);
    await expect(handle.result({ timeout: '5s' })).rejects.toMatchObject({ code: 'Q_RESULT_EXPIRED' });
  });

  test('unique: False for normal tasks, so that more than one instance runs simultaneously', async ({
    client,
    worker,
  }) => {
    const child = await worker();
    const first = await client.enqueue(tasks.sociable, 10_000);
    const second = await client.enqueue(tasks.sociable, 10_000);
    await said(child, 'started', first.id);
    await said(child, 'started', second.id);
    await Promise.all([first.abort(), second.abort()]);
  });

  test('unique: no more than one instance of the task runs simultaneously', async ({ client, worker }) => {
    const child = await worker();
    const first = await client.enqueue(tasks.lonely, 10_000);
    await said(child, 'started', first.id);
    const second = await client.enqueue(tasks.lonely, 10_000);
    expect(await second.result({ timeout: '10s' })).toMatchObject({
      success: false,
      error: { type: 'unique' },
    });
    expect(await first.abort()).toBe(true);
    const third = await client.enqueue(tasks.lonely, 0);
    expect(await third.value({ timeout: '10s' })).toBe(third.id);
  });
});

describe('Registering tasks: the defaults of cron jobs', () => {
  test('unique: True for cron jobs, so that a slot is passed over while the run before it has not ended', async ({
    worker,
  }) => {
    const child = await worker({ cron: '* * * * * *', cronLasts: 1_500 });
    const first = await said(child, 'tick');
    const second = await said(child, 'tick');
    expect(slotOf(second.id) - slotOf(first.id)).toBeGreaterThanOrEqual(2_000);
  });
});

describe('Enqueuing tasks', () => {
  test('await enqueue(5) and await enqueue(5).start() are equivalent', async ({ client, worker }) => {
    await worker();
    const plain = await client.enqueue(tasks.sleeper, 0);
    const started = await client.enqueue(tasks.sleeper, 0).start();
    const results = await Promise.all([plain.result(), started.result()]);
    const seen = results.map((result) => shape(result));
    expect(seen[0]).toEqual(seen[1]);
    expect(plain.id).not.toBe(started.id);
  });

  test('start(delay): starts after that time', async ({ client, worker }) => {
    await worker();
    const handle = await client.enqueue(tasks.sleeper, 0).start({ delay: '1s' });
    const result = await handle.result();
    if (!result.success) throw new Error('it failed');
    expect(result.startedAt - result.enqueuedAt).toBeGreaterThanOrEqual(990);
  });

  test('start(schedule): starts at a specific time', async ({ client, worker }) => {
    await worker();
    const at = new Date(Date.now() + 1_000);
    const result = await (await client.enqueue(tasks.sleeper, 0).start({ schedule: at })).result();
    if (!result.success) throw new Error('it failed');
    expect(result.startedAt).toBeGreaterThanOrEqual(at.getTime() - 5);
  });
});

describe('Task status & results', () => {
  test('status is SCHEDULED, then the result with its times, then DONE', async ({
    client,
    worker,
    queue,
  }) => {
    await worker();
    const handle = await client.enqueue(tasks.sleeper, 1).start({ delay: '1s' });
    expect(await handle.status()).toBe('scheduled');
    const result = await handle.result();
    expect(result).toMatchObject({
      success: true,
      result: 1,
      queue,
      name: 'sleeper',
      tries: 1,
      id: handle.id,
    });
    if (!result.success) throw new Error('it failed');
    expect(result.finishedAt - result.startedAt).toBeGreaterThanOrEqual(990);
    expect(await handle.status()).toBe('done');
  });

  test('success tells whether it holds the result of the task or what was raised during execution', async ({
    client,
    worker,
  }) => {
    await worker();
    const result = await (await client.enqueue(tasks.failing, 'boom')).result();
    expect(result).toMatchObject({
      success: false,
      error: { type: 'error', name: 'RangeError', message: 'boom' },
    });
    await expect((await client.enqueue(tasks.failing, 'bang')).value()).rejects.toMatchObject({
      code: 'TASK_FAILED',
    });
  });
});

describe('Retrying tasks', () => {
  test('raised manually, the task is retried while tries are left, after tries² seconds', async ({
    client,
    worker,
  }) => {
    const child = await worker();
    const handle = await client.enqueue(tasks.retrying);
    const at: number[] = [];
    for (const tries of [1, 2, 3]) {
      const message = await said(child, 'try', handle.id);
      expect(message.tries).toBe(tries);
      at.push(message.at ?? 0);
    }
    expect(await handle.result()).toMatchObject({ success: true, result: true, tries: 3 });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThanOrEqual(3_990);
  });

  test('the delay parameter changes the back-off', async ({ client, worker }) => {
    await worker();
    const result = await (await client.enqueue(tasks.retryingSoon)).result();
    expect(result).toMatchObject({ success: true, tries: 3 });
    expect(result.finishedAt - result.enqueuedAt).toBeLessThan(5_000);
  });

  test("when tasks fail, the exception raised is saved as the task's result", async ({ client, worker }) => {
    await worker();
    const handle = await client.enqueue(tasks.failing, 'kept');
    await handle.result();
    expect(await client.handle(tasks.failing, handle.id).result()).toMatchObject({
      success: false,
      error: { message: 'kept' },
    });
  });

  test('when a worker is shut down unexpectedly, running tasks are re-enqueued', async ({
    client,
    worker,
  }) => {
    const first = await worker({ lease: 1_000 });
    const handle = await client.enqueue(tasks.hangsOnce, 7);
    await said(first, 'started', handle.id);
    await first.kill();
    await worker({ lease: 1_000 });
    expect(await handle.result({ timeout: '20s' })).toMatchObject({ success: true, result: 7, tries: 1 });
  });
});

describe('Cancelling tasks', () => {
  test('a task that is enqueued can be aborted manually; the answer says whether it was cancelled', async ({
    client,
  }) => {
    const queued = await client.enqueue(tasks.sleeper, 3);
    expect(await queued.abort()).toBe(true);
    expect(await queued.result()).toMatchObject({ success: false, error: { type: 'aborted' } });
    const scheduled = await client.enqueue(tasks.sleeper, 3).start({ delay: '1h' });
    expect(await scheduled.abort()).toBe(true);
    expect(await scheduled.status()).toBe('done');
  });

  test('a task that is running can be aborted manually', async ({ client, worker }) => {
    const child = await worker();
    const handle = await client.enqueue(tasks.sleeper, 60);
    await said(child, 'started', handle.id);
    expect(await handle.abort()).toBe(true);
    expect(await handle.result()).toMatchObject({ success: false, error: { type: 'aborted' } });
  });

  test('a finished task was not cancelled', async ({ client, worker }) => {
    await worker();
    const handle = await client.enqueue(tasks.noop, 1);
    await handle.result();
    expect(await handle.abort()).toBe(false);
  });
});

describe('Cron jobs', () => {
  test('code runs at regular, scheduled intervals', async ({ worker }) => {
    const child = await worker({ cron: '* * * * * *' });
    const first = await said(child, 'tick');
    const second = await said(child, 'tick');
    expect(slotOf(second.id) - slotOf(first.id)).toBe(1_000);
  });

  test("the timezone is controlled by the worker's tz parameter", async ({ worker, redis, queue }) => {
    await worker({ cron: '30 9 * * mon-fri', tz: 'Asia/Tokyo' });
    await expect.poll(() => redis.zscore(`q:{${queue}}:schedules:due`, 'tick')).not.toBeNull();
    const due = new Date(Number(await redis.zscore(`q:{${queue}}:schedules:due`, 'tick')));
    expect([due.getUTCHours(), due.getUTCMinutes()]).toEqual([0, 30]);
  });
});

describe('Synchronous calls', () => {
  test('functions that block run in an executor of the lifespan, and the loop goes on', async ({
    client,
    worker,
  }) => {
    const child = await worker();
    const blocking = await client.enqueue(tasks.doWork, 1_500);
    const meanwhile = await client.enqueue(tasks.noop, 1);
    const quick = await meanwhile.result();
    expect(await blocking.status()).not.toBe('done');
    const slow = await blocking.result();
    expect(slow).toMatchObject({ success: true, result: 1_500 });
    expect(quick.finishedAt).toBeLessThan(slow.finishedAt);
    child.signal('SIGTERM');
    await said(child, 'lifespan down');
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });
});

function shape(result: TaskResult<typeof tasks.sleeper>): object {
  return {
    success: result.success,
    name: result.name,
    tries: result.tries,
    value: result.success ? result.result : result.error,
  };
}

function slotOf(id: string | undefined): number {
  return Number(id?.split(':').at(-1));
}
