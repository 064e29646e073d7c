import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { createWorker } from '../create-worker.ts';
import { test } from '../test-support/worker-test.ts';

const work = task<() => string>('work');
const refusal = (message: RegExp) => ({ code: 'Q_CONFIG', message: expect.stringMatching(message) });

describe('a worker', () => {
  test('is started once: not again while it runs, nor when it has stopped', async ({ rig }) => {
    const worker = rig.worker().handle(work, () => 'x');
    const running = await rig.start(worker);
    const again = refusal(/started already.*make another with createWorker\(\)/);
    await expect(worker.start()).rejects.toMatchObject(again);
    await expect(worker.run()).rejects.toMatchObject(again);
    await running.stop();
    await expect(worker.start()).rejects.toMatchObject(again);
  });

  test('whose start failed may be started again', async ({ rig }) => {
    let isUp = false;
    const worker = rig.worker({
      async *lifespan() {
        if (!isUp) throw new Error('the database is away');
        yield 1;
      },
    });
    worker.handle(work, (ctx) => `ran with ${ctx.deps}`);
    await expect(worker.start()).rejects.toThrow('the database is away');
    isUp = true;
    await rig.start(worker as never);
    expect(await (await rig.client.enqueue(work)).value({ timeout: '5s' })).toBe('ran with 1');
  });

  test('without a handler does not start; a schedule is one', async ({ rig }) => {
    const idle = rig.worker();
    await expect(idle.start()).rejects.toMatchObject(
      refusal(/no handler.*handle\(\), implement\(\) or cron\(\)/),
    );
    await rig.start(idle.cron('@yearly', 'yearly', () => undefined));
  });

  test.for([{}, undefined, { redis: undefined }])(
    'without "redis" is refused with an example: %o',
    (options) => {
      expect(() => createWorker(options as never)).toThrow(
        expect.objectContaining(refusal(/"redis" is missing: .*createWorker\(\{ redis: 'redis:/)),
      );
    },
  );
});
