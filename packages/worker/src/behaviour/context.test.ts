import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const parent = task<(n: number) => unknown>('parent', { maxTries: 4 });
const child = task<(n: number) => number>('child');

describe('the context of a handler', () => {
  test('says what runs, where and for which time', async ({ rig }) => {
    const before = Date.now();
    const worker = rig.worker({ id: 'somewhere' }).handle(parent, (ctx) => {
      const { id, name, tries, attempt, maxTries, headers, enqueuedAt, workerId, deps, signal } = ctx;
      return {
        id,
        name,
        tries,
        attempt,
        maxTries,
        headers: { ...headers },
        enqueuedAt,
        workerId,
        deps: deps ?? null,
        aborted: signal.aborted,
      };
    });
    const running = await rig.start(worker);
    const handle = await rig.client.enqueue(parent, 1).start({ headers: { trace: 'abc' } });
    expect(await handle.value({ timeout: '5s' })).toEqual({
      id: handle.id,
      name: 'parent',
      tries: 1,
      attempt: 1,
      maxTries: 4,
      headers: { trace: 'abc' },
      enqueuedAt: expect.any(Number),
      workerId: running.id,
      deps: null,
      aborted: false,
    });
    const { createdAt, enqueuedAt, startedAt, finishedAt } = await handle.result();
    const times = [before - 50, createdAt, enqueuedAt, startedAt ?? 0, finishedAt, Date.now() + 50];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('enqueues on the connection of the worker', async ({ startRedis, rigOn, connect }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const worker = rig.worker({ concurrency: 2 });
    worker.handle(child, (_ctx, n) => n + 1);
    worker.handle(parent, async ({ enqueue }, n) => (await enqueue(child, n)).id);
    await rig.start(worker);
    const id = await (await rig.client.enqueue(parent, 4)).value({ timeout: '5s' });
    expect(await rig.client.handle(child, String(id)).value({ timeout: '5s' })).toBe(5);
    const names = [...String(await connect(url).client('LIST')).matchAll(/name=q:(\S+):/g)].map(
      ([, purpose]) => purpose,
    );
    expect(
      names.filter((purpose) => purpose !== 'client' && purpose !== 'subscriber').length,
    ).toBeLessThanOrEqual(3);
  });

  test('its methods need no this, and its log adds the task', async ({ rig }) => {
    const worker = rig.worker().handle(parent, async ({ sleep, log, id }) => {
      await sleep(1);
      log.info({ step: 1 }, 'said by a handler');
      return id;
    });
    await rig.start(worker);
    const handle = await rig.client.enqueue(parent, 1);
    await handle.value({ timeout: '5s' });
    expect(await rig.log.seen('said by a handler')).toMatchObject({
      level: 'info',
      facts: { step: 1, task: handle.id, name: 'parent', tries: 1 },
    });
  });
});
