import { call, task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { deferred } from '../test-support/deferred.ts';
import { test as base, type Rig } from '../test-support/worker-test.ts';

const work = task<(name: 'early' | 'late') => number>('work');
const lonely = task<() => void>('lonely', { unique: true, timeout: 500 });

interface Forgetful {
  readonly rig: Rig;
  readonly redis: Redis;
  /** It comes back with what it had when it was told to `SAVE`. */
  readonly crash: () => Promise<void>;
}

const test = base.extend<{ forgetful: Forgetful }>({
  forgetful: async ({ startRedis, rigOn, connect }, use) => {
    const server = await startRedis({ persistence: 'aof', args: ['--appendonly', 'no'] });
    const crash = async (): Promise<void> => void (await server.restart());
    await use({ rig: rigOn(server.url), redis: connect(server.url), crash });
  },
});

interface Gates {
  readonly early: ReturnType<typeof deferred<void>>;
  readonly late: ReturnType<typeof deferred<void>>;
}

/** A worker that runs both tasks of one claim until their gates open; answers how often each was begun. */
async function runBoth(rig: Rig, { early, late }: Gates): Promise<() => Readonly<Record<string, number>>> {
  const runs = { early: 0, late: 0 };
  const both = deferred();
  const worker = rig.worker({ lease: '1s' });
  worker.handle(work, async (_ctx, name) => {
    runs[name] += 1;
    if (runs.early + runs.late === 2) both.resolve();
    await (name === 'early' ? early : late).promise;
    return runs[name];
  });
  await rig.start(worker);
  await both.promise;
  return () => runs;
}

test.for([
  { when: 'before anybody misses it', missed: false },
  { when: 'after it was missed', missed: true },
])(
  'a Redis that comes back without an outcome it had answered gets another one; its claim ends $when',
  { timeout: 30_000 },
  async ({ missed }, { forgetful: { rig, redis, crash } }) => {
    const gates = { early: deferred(), late: deferred() };
    const handles = await rig.client.enqueueMany([call(work, 'early'), call(work, 'late')]);
    const [early = expect.unreachable(), late = expect.unreachable()] = handles;
    const runs = await runBoth(rig, gates);
    await redis.save();
    gates.early.resolve();
    expect(await early.value({ timeout: '5s' })).toBe(1);
    await crash();
    await expect.poll(() => early.status()).toBe('running');

    if (missed) await expect.poll(runs, { timeout: 10_000 }).toEqual({ early: 2, late: 1 });
    gates.late.resolve();
    expect(await late.value({ timeout: '10s' })).toBe(1);
    expect(await early.value({ timeout: '10s' })).toBe(2);
    const [running = expect.unreachable()] = await redis.zrange(queueKeys(rig.queue).workers, '0', '-1');
    const claims = queueKeys(rig.queue).claims(running);
    await expect.poll(async () => Object.keys(await redis.hgetall(claims))).toEqual(['n']);
  },
);

test('a Redis that comes back without having heard that a unique run has returned hears it again', {
  timeout: 30_000,
}, async ({ forgetful: { rig, redis, crash } }) => {
  const { unique } = queueKeys(rig.queue);
  const end = deferred();
  await rig.start(rig.worker({ lease: '1s' }).handle(lonely, () => end.promise));
  const first = await (await rig.client.enqueue(lonely)).result({ timeout: '5s' });
  expect(first).toMatchObject({ success: false, error: { type: 'timeout' } });
  await redis.save();
  end.resolve();
  await expect.poll(() => redis.exists(unique)).toBe(0);
  await crash();
  expect(await redis.exists(unique)).toBe(1);

  await expect.poll(() => redis.exists(unique), { timeout: 10_000 }).toBe(0);
  expect(await (await rig.client.enqueue(lonely)).result({ timeout: '5s' })).toMatchObject({ success: true });
});

test('a Redis that has forgotten how a unique run ended is told again, and gives it to nobody while its handler goes on', {
  timeout: 30_000,
}, async ({ forgetful: { rig, redis, crash } }) => {
  const begun = deferred();
  const end = deferred();
  let runs = 0;
  const worker = rig.worker({ lease: '1s' });
  worker.handle(lonely, async () => {
    runs += 1;
    if (runs > 1) return;
    begun.resolve();
    await end.promise;
  });
  await rig.start(worker);
  const first = await rig.client.enqueue(lonely);
  await begun.promise;
  await redis.save();
  expect(await first.result({ timeout: '5s' })).toMatchObject({ success: false });
  await crash();
  await expect.poll(() => first.status()).toBe('running');

  expect(await first.result({ timeout: '10s' })).toMatchObject({
    success: false,
    error: { type: 'timeout' },
  });
  const other = await (await rig.client.enqueue(lonely)).result({ timeout: '5s' });
  expect(other).toMatchObject({ success: false, error: { type: 'unique' } });
  expect(runs).toBe(1);

  end.resolve();
  await expect.poll(() => redis.exists(queueKeys(rig.queue).unique)).toBe(0);
  expect(await (await rig.client.enqueue(lonely)).result({ timeout: '5s' })).toMatchObject({ success: true });
});
