import { call } from '@q/core';
import { plain } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** Tasks that start later: after a delay, and at a time. */
export const delayed: Scenario = {
  name: 'delayed',
  victims: ['client', 'worker'],
  play: async ({ producer }) => {
    const after = call(plain, 1).start({ id: 'delayed-1', delay: 150 });
    const at = call(plain, 2).start({ id: 'delayed-2', schedule: new Date(Date.now() + 250) });
    await producer.enqueue([after], 'done');
    await producer.enqueue([at], 'done');
    await Promise.all([after, at].map((each) => producer.result(each)));
  },
};
