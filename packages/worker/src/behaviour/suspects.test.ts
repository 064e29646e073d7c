import { task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const work = task<(n: number) => number>('work');
const count = 6;
/** What is kept of a task that two workers have died with. */
const twoCrashes = '0,2,2,,gone~AAAAAAAAAAAA|1';

test('tasks that were held when workers crashed are run one after the other, each as soon as the one before has ended', async ({
  rig,
  redis,
}) => {
  const keys = queueKeys(rig.queue);
  const handles = await Promise.all(Array.from({ length: count }, (_, n) => rig.client.enqueue(work, n)));
  for (const { id } of handles) {
    await redis.hset(keys.tries, id, twoCrashes);
    await redis.lmove(keys.ready, keys.suspects, 'RIGHT', 'LEFT');
  }
  let running = 0;
  let most = 0;
  const worker = rig.worker();
  worker.handle(work, async (ctx, n) => {
    running += 1;
    most = Math.max(most, running);
    await ctx.sleep(20);
    running -= 1;
    return n;
  });
  await rig.start(worker);
  // A worker that waited for its next look at the queue would need 2.4 s for each.
  const values = await Promise.all(handles.map((handle) => handle.value({ timeout: '4s' })));
  expect(values).toEqual(handles.map((_, n) => n));
  expect(most).toBe(1);
});
