import { setTimeout as sleep } from 'node:timers/promises';
import { task } from '@q/core';
import { commandsPerformed } from '@q/testkit';
import { describe, expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const nothing = task('nothing');

describe('round trips of an idle worker', () => {
  test('an idle worker sends at most one command per second', { timeout: 40_000 }, async ({
    startRedis,
    rigOn,
    connect,
  }) => {
    const { url } = await startRedis();
    const rig = rigOn(url);
    const worker = rig.worker();
    worker.handle(nothing, () => undefined);
    await rig.start(worker);
    await (await rig.client.enqueue(nothing)).result({ timeout: '5s' });
    const redis = connect(url);
    // Time itself is what is measured here.
    const { byCommand } = await commandsPerformed(redis, () => sleep(15_000));
    const sent =
      (byCommand['evalsha'] ?? 0) +
      (byCommand['eval'] ?? 0) +
      (byCommand['blpop'] ?? 0) +
      (byCommand['ping'] ?? 0);
    expect(sent).toBeGreaterThanOrEqual(8);
    // Blocking calls, steps, renewals and comparisons make 0.98 a second; one of each may lie across an end of the stretch.
    expect(sent).toBeLessThanOrEqual(15 + 3);
  });
});
