import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const now = task<() => number>('now');
const busy = task<() => void>('busy');

/** Far below the length of a blocking call. */
const promptly = 1_000;

describe('an idle worker', () => {
  test('starts at once what is enqueued, time after time', async ({ rig }) => {
    await rig.start(rig.worker().handle(now, () => Date.now()));
    for (let round = 0; round < 10; round += 1) {
      const asked = performance.now();
      await (await rig.client.enqueue(now)).value({ timeout: '10s' });
      expect(performance.now() - asked).toBeLessThan(promptly);
    }
  });

  test('starts a delayed task when it is due', async ({ rig }) => {
    await rig.start(rig.worker().handle(now, () => Date.now()));
    await (await rig.client.enqueue(now)).value({ timeout: '5s' });
    const asked = Date.now();
    const ranAt = await (await rig.client.enqueue(now).start({ delay: 300 })).value({ timeout: '10s' });
    expect(ranAt - asked).toBeGreaterThanOrEqual(300 - 5);
    expect(ranAt - asked).toBeLessThan(300 + promptly);
  });
});

describe('a worker whose slots were all taken', () => {
  test('hears the bell again as soon as one is free', async ({ rig }) => {
    const worker = rig.worker({ concurrency: 1 }).handle(now, () => Date.now());
    worker.handle(busy, (ctx) => ctx.sleep(150));
    await rig.start(worker);
    for (let round = 0; round < 4; round += 1) {
      await (await rig.client.enqueue(busy)).value({ timeout: '10s' });
      const asked = performance.now();
      await (await rig.client.enqueue(now)).value({ timeout: '10s' });
      expect(performance.now() - asked).toBeLessThan(promptly);
    }
  });

  test('leaves the bell to others meanwhile', async ({ rig }) => {
    const full = rig.worker({ concurrency: 1 }).handle(busy, (ctx) => ctx.sleep(3_000));
    const idle = rig.worker().handle(now, () => Date.now());
    await rig.start(full);
    const long = await rig.client.enqueue(busy);
    await expect.poll(() => long.status()).toBe('running');
    await rig.start(idle);
    await rig.log.seen('has started');
    for (let round = 0; round < 5; round += 1) {
      const asked = performance.now();
      await (await rig.client.enqueue(now)).value({ timeout: '10s' });
      expect(performance.now() - asked).toBeLessThan(promptly);
    }
  });
});
