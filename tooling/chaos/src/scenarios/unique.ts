import { call } from '@q/core';
import { lonely } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** Three tasks of which one may run at a time: the others lose, or come later. */
export const unique: Scenario = {
  name: 'unique',
  victims: ['worker'],
  play: async ({ producer }) => {
    const three = [1, 2, 3].map((n) => call(lonely, 80).start({ id: `unique-${n}`, delay: n * 30 }));
    await producer.enqueue(three, 'done or lost race');
    await Promise.all(three.map((each) => producer.result(each)));
  },
};
