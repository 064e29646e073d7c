import { call } from '@q/core';
import { failing, flaky } from '../workload/tasks.ts';
import type { Scenario } from './scenario.ts';

/** Tasks that want another try: at once, later, and never again. */
export const retry: Scenario = {
  name: 'retry',
  victims: ['worker'],
  play: async ({ producer }) => {
    const soon = call(flaky, 2, 0).start({ id: 'retry-1' });
    const later = call(flaky, 1, 120).start({ id: 'retry-2' });
    const never = call(failing).start({ id: 'retry-3' });
    await producer.enqueue([soon, later], 'done');
    await producer.enqueue([never], 'failed');
    await Promise.all([soon, later, never].map((each) => producer.result(each)));
  },
};
