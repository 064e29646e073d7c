import { call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** One task, and its result is awaited from the start. */
export const simple: Scenario = {
  name: 'simple',
  victims: ['client', 'worker'],
  play: async ({ producer }) => {
    const one = call(plain, 1).start({ id: 'simple-1' });
    await producer.enqueue([one], 'done');
    await producer.result(one);
  },
};
