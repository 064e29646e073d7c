import { call } from '@q/core';
import { slow } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** A worker is told to stop while it runs tasks that outlast its grace period and holds others unstarted. */
export const shutdown: Scenario = {
  name: 'shutdown',
  victims: ['worker'],
  terminateAfter: 3,
  play: async ({ producer }) => {
    const many = Array.from({ length: 12 }, (_, n) =>
      call(slow, n < 3 ? 600 : 30).start({ id: `shutdown-${n}` }),
    );
    await producer.enqueue(many, 'done');
    await Promise.all(many.map((each) => producer.result(each)));
  },
};
