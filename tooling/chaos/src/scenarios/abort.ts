import { call } from '@q/core';
import { until } from '@q/dev-redis';
import { slow } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** Three tasks that are aborted: one runs, one is due later, one waits behind the first. */
export const abort: Scenario = {
  name: 'abort',
  victims: ['client', 'worker'],
  play: async ({ producer, redis, keys }) => {
    const running = call(slow, 60_000).start({ id: 'abort-running' });
    const later = call(slow, 5).start({ id: 'abort-later', delay: '1h' });
    const queued = call(slow, 5).start({ id: 'abort-queued' });
    await producer.enqueue([running, later, queued], 'done or aborted');
    const held = async (): Promise<true | undefined> => {
      const isHeld = (await redis.hexists(keys.running, 'abort-running')) === 1;
      return isHeld || (await producer.client.status('abort-running')) === 'done' ? true : undefined;
    };
    await until(held, { what: 'a worker holds the task that is to be aborted', within: 40_000 });
    await Promise.all([running, later, queued].map((each) => producer.abort(each)));
    await Promise.all([running, later, queued].map((each) => producer.result(each)));
  },
};
