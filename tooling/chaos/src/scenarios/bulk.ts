import { call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** More tasks in one call than one claim takes. */
export const bulk: Scenario = {
  name: 'bulk',
  victims: ['client', 'worker'],
  play: async ({ producer }) => {
    const many = Array.from({ length: 40 }, (_, n) => call(plain, n).start({ id: `bulk-${n}` }));
    await producer.enqueue(many, 'done');
    await Promise.all(many.map((each) => producer.result(each)));
  },
};
