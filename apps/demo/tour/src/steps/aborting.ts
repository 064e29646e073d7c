import { setTimeout as delay } from 'node:timers/promises';
import type { AnyHandle } from '@q/client';
import { sleeper } from '@q/demo-contracts';
import type { Step } from '../step.ts';
import { expectThat, TourError } from '../tour-error.ts';

export const aborting: Step = {
  title: 'Abort what waits and what runs',
  async show({ q, say }) {
    const waiting = await q.enqueue(sleeper, 3).start({ delay: '1h' });
    const wasWaiting = await waiting.abort();
    say(`scheduled: await handle.abort()  → ${wasWaiting}`);
    const running = await q.enqueue(sleeper, 3_600);
    await untilRunning(running);
    const wasRunning = await running.abort({ timeout: '30s' });
    const result = await running.result({ timeout: '30s' });
    say(
      `running:   await handle.abort()  → ${wasRunning}, result: success ${result.success}, error ${result.success ? 'none' : result.error.type}`,
    );
    const finished = await q.enqueue(sleeper, 0);
    await finished.result({ timeout: '30s' });
    const wasFinished = await finished.abort();
    say(`finished:  await handle.abort()  → ${wasFinished}`);
    expectThat(wasWaiting && wasRunning && !wasFinished, 'true, true and false were expected');
  },
};

async function untilRunning(handle: AnyHandle): Promise<void> {
  for (let looks = 0; looks < 1_000; looks += 1) {
    if ((await handle.status()) === 'running') return;
    await delay(20);
  }
  throw new TourError(`task ${handle.id} did not start`);
}
