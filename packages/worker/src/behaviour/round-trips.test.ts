import { setTimeout as sleep } from 'node:timers/promises';
import { call, task } from '@q/core';
import { commandsPerformed } from '@q/testkit';
import { describe, expect } from 'vitest';
import { countCreated } from '../test-support/created-resources.ts';
import { deferred } from '../test-support/deferred.ts';
import { test } from '../test-support/worker-test.ts';

const nothing = task('nothing');

const scriptsIn = (byCommand: Readonly<Record<string, number>>): number =>
  (byCommand['evalsha'] ?? 0) + (byCommand['eval'] ?? 0);

describe('round trips', () => {
  test('one call settles 32 tasks and claims the next 32', async ({ startRedis, rigOn, connect }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    await rig.client.enqueueMany(Array.from({ length: 320 }, () => call(nothing)));
    const worker = rig.worker({ concurrency: 32, prefetch: 0 });
    const all = deferred();
    let ran = 0;
    let together = deferred();
    // They end together, however many turns it takes a busy machine to begin them.
    worker.handle(nothing, async () => {
      ran += 1;
      const mine = together;
      if (ran % 32 === 0) {
        together = deferred();
        mine.resolve();
      }
      if (ran === 320) all.resolve();
      await mine.promise;
    });
    const { byCommand } = await commandsPerformed(connect(url), async () => {
      const running = await rig.start(worker);
      await all.promise;
      await running.stop();
    });
    // 11 steps; join, leave, one renewal and one comparison; each script is sent twice the first time.
    expect(scriptsIn(byCommand)).toBeLessThanOrEqual(11 + 2 * 4 + 1);
  });

  test('a lone task that is waited for costs Redis three messages: it, its result, and the claim behind the next bell', async ({
    startRedis,
    rigOn,
    connect,
  }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    await rig.start(rig.worker().handle(nothing, () => undefined));
    const trip = async () => (await rig.client.enqueue(nothing)).result({ timeout: '5s' });
    // The first calls send the texts of scripts.
    for (let warm = 0; warm < 5; warm += 1) await trip();
    const { reads, byCommand } = await commandsPerformed(connect(url), async () => {
      for (let round = 0; round < 100; round += 1) await trip();
    });
    // Now and then a task comes before the worker listens again, and is claimed by a call of its own.
    expect(reads).toBeLessThanOrEqual(3 * 100 + 20);
    expect(scriptsIn(byCommand)).toBeLessThanOrEqual(3 * 100 + 10);
  });

  test('a lone task that is waited for takes 75 promises and 6 timers, those of the client and of ioredis among them', async ({
    rig,
  }) => {
    await rig.start(rig.worker().handle(nothing, () => undefined));
    const trip = async () => (await rig.client.enqueue(nothing)).result({ timeout: '5s' });
    for (let warm = 0; warm < 20; warm += 1) await trip();
    const { counts, stop } = countCreated();
    for (let round = 0; round < 100; round += 1) await trip();
    stop();
    expect((counts['PROMISE'] ?? 0) / 100).toBeLessThanOrEqual(75);
    // Three of ioredis, one for each write.
    expect((counts['Timeout'] ?? 0) / 100).toBeLessThanOrEqual(6);
  });

  test('a drained task takes few promises, and no timer of its own', async ({ rig }) => {
    const tasks = 3_200;
    await rig.client.enqueueMany(Array.from({ length: tasks }, () => call(nothing)));
    const all = deferred();
    let ran = 0;
    const worker = rig.worker({ concurrency: 32 });
    worker.handle(nothing, () => {
      ran += 1;
      if (ran === tasks) all.resolve();
    });
    const { counts, stop } = countCreated();
    await rig.start(worker);
    await all.promise;
    stop();
    expect((counts['PROMISE'] ?? 0) / tasks).toBeLessThanOrEqual(1.5);
    expect((counts['Timeout'] ?? 0) / tasks).toBeLessThanOrEqual(0.2);
    expect(counts['AbortSignal'] ?? 0).toBe(0);
  });

  test('a worker whose only slot was taken comes to rest when it is free', async ({
    startRedis,
    rigOn,
    connect,
  }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(nothing, (ctx) => ctx.sleep(200));
    await rig.start(worker);
    const { byCommand } = await commandsPerformed(connect(url), async () => {
      await (await rig.client.enqueue(nothing)).result({ timeout: '5s' });
      await sleep(1_500);
    });
    // Enqueue and watch; two claims and a settle, each perhaps once more; a renewal and a comparison, sent twice the first time.
    expect(scriptsIn(byCommand)).toBeLessThanOrEqual(2 + 2 + 6 + 4);
    expect(byCommand['blpop'] ?? 0).toBeLessThanOrEqual(6);
  });
});
