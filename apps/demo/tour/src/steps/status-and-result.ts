import { sleeper } from '@q/demo-contracts';
import { showTime } from '../show-time.ts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

export const statusAndResult: Step = {
  title: 'Status and result',
  async show({ q, say }) {
    const handle = await q.enqueue(sleeper, 1).start({ delay: '1s' });
    const before = await handle.status();
    say(`await handle.status()  → ${before}`);
    const result = await handle.result({ timeout: '30s' });
    expectThat(result.success, 'the task was expected to succeed');
    say(
      `await handle.result()  → success ${result.success}, result ${result.result}, tries ${result.tries}, queue ${result.queue}`,
    );
    say(
      `                         enqueued ${showTime(result.enqueuedAt)}, started ${showTime(result.startedAt)}, finished ${showTime(result.finishedAt)}`,
    );
    const after = await handle.status();
    say(`await handle.status()  → ${after}`);
    expectThat(
      before === 'scheduled' && after === 'done',
      `scheduled and done were expected, not ${before} and ${after}`,
    );
  },
};
