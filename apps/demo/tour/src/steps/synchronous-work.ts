import { countPrimes } from '@q/demo-contracts';
import type { Step } from '../step.ts';
import { expectThat } from '../tour-error.ts';

export const synchronousWork: Step = {
  title: 'Synchronous work in the pool leaves the event loop free',
  async show({ q, say }) {
    const handle = await q.enqueue(countPrimes, { below: 40_000_000 });
    const { primes, ms, longestLoopDelayMs } = await handle.value({ timeout: '2m' });
    say(
      `a thread counted ${primes} primes in ${ms} ms; meanwhile the worker's loop was held up for ${longestLoopDelayMs} ms at the longest`,
    );
    expectThat(primes === 2_433_654, '2433654 primes were expected below 40000000');
    expectThat(longestLoopDelayMs < ms / 2, 'the work blocked the loop');
  },
};
