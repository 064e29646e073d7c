import { call } from '@q/core';
import { plain, slow } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** Several wait for results: before, while and after the tasks run, two of them for the same one. */
export const resultWait: Scenario = {
  name: 'result wait',
  victims: ['client', 'worker'],
  play: async ({ producer }) => {
    const first = call(slow, 120).start({ id: 'wait-1' });
    const second = call(plain, 2).start({ id: 'wait-2' });
    await producer.enqueue([first], 'done');
    const early = [producer.result(first), producer.result(first)];
    await producer.enqueue([second], 'done');
    await Promise.all([...early, producer.result(second)]);
    await Promise.all([producer.result(first), producer.result(second)]);
  },
};
