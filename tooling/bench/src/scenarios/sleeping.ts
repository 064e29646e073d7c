import { drain, requireDrained } from '../drain.ts';
import type { Scenario } from '../scenario.ts';

const sleep = 100;
const concurrency = 100;

/** How much of the time that slots have is spent asleep in handlers. */
export const sleeping: Scenario = {
  name: `tasks of ${sleep} ms at concurrency ${concurrency}`,
  metrics: [
    {
      id: 'sleeping',
      metric: `tasks of ${sleep} ms at concurrency ${concurrency}: efficiency`,
      unit: 'of ideal',
      better: 'more',
      goal: { kind: 'absolute', value: 0.96 },
    },
  ],
  measure: async (stage, { sleepingTasks: tasks }) => {
    const place = await stage.begin();
    await stage.producer.request({ kind: 'enqueue', how: 'bulk', count: tasks, bytes: 100, sleep });
    const { micros } = await drain(stage, { place, workers: 1, concurrency, tasks, before: 0 });
    await requireDrained(stage, place);
    const ideal = (tasks * sleep * 1_000) / concurrency;
    return { sleeping: ideal / micros };
  },
};
