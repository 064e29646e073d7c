import { drain, requireDrained } from '../drain.ts';
import type { Scenario } from '../scenario.ts';

const sleep = 100;
const concurrency = 100;
const title = `tasks of ${sleep} ms at concurrency ${concurrency}`;
/** Ms: every system is measured to its end. */
const limit = 30_000;

/** How much of the time that slots have is spent asleep in handlers. */
export const sleeping: Scenario = {
  name: 'sleeping',
  title,
  chapter: 'Drain',
  needs: ['all'],
  isLong: true,
  mostRounds: 3,
  metrics: [{ id: 'sleeping', metric: `${title}: efficiency`, unit: 'of ideal', better: 'more' }],
  measure: async (stage, { sleepingTasks: tasks }) => {
    const place = await stage.begin();
    await stage.producer.request({ kind: 'enqueue', how: 'bulk', count: tasks, sleep });
    const drained = await drain(stage, { place, workers: 1, concurrency, tasks, before: 0, limit });
    await requireDrained(stage, drained);
    const ideal = (drained.tasks * sleep * 1_000) / concurrency;
    return { sleeping: ideal / drained.micros };
  },
};
