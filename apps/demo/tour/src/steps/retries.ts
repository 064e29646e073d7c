import { retrying } from '@q/demo-contracts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

export const retries: Step = {
  title: 'Retry until the third try, waiting tries² seconds between them',
  async show({ q, say }) {
    say("if (ctx.tries < 3) throw new Retry('Retrying!');");
    const handle = await q.enqueue(retrying);
    const result = await handle.result({ timeout: '60s' });
    expectThat(
      result.success && result.tries === 3,
      `success at the third try was expected, it took ${result.tries}`,
    );
    say(
      `→ ${result.result} at try ${result.tries}, ${result.finishedAt - result.enqueuedAt} ms after it was enqueued (1 s + 4 s between tries)`,
    );
  },
};
