import { sleeper } from '@q/demo-contracts';
import { showTime } from '../show-time.ts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

export const startingLater: Step = {
  title: 'Start later: after a delay, at a time',
  async show({ q, say }) {
    const at = new Date(Date.now() + 1_500);
    const delayed = await q.enqueue(sleeper, 0).start({ delay: '1s' });
    const scheduled = await q.enqueue(sleeper, 0).start({ schedule: at });
    const [first, second] = await Promise.all([
      delayed.result({ timeout: '30s' }),
      scheduled.result({ timeout: '30s' }),
    ]);
    expectThat(first.success && second.success, 'both tasks were expected to succeed');
    const waited = first.startedAt - first.enqueuedAt;
    say(
      `.start({ delay: '1s' })      enqueued ${showTime(first.enqueuedAt)}, started ${showTime(first.startedAt)}: ${waited} ms later`,
    );
    say(`.start({ schedule: date })   due ${showTime(at.getTime())}, started ${showTime(second.startedAt)}`);
    expectThat(waited >= 900, `a delay of 1 s was expected, the task started after ${waited} ms`);
    expectThat(second.startedAt >= at.getTime() - 100, 'the scheduled task started before its time');
  },
};
