import { drain } from '../drain.ts';
import { rateOf } from '../rate.ts';
import { type Scenario, warmUp } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Whether a long queue is as fast as a short one. */
export const backlog: Scenario = {
  name: 'drain with a backlog',
  metrics: [
    {
      id: 'backlog',
      metric: 'drain rate at concurrency 32 with a long backlog ÷ without',
      unit: 'ratio',
      better: 'more',
      goal: { kind: 'absolute', value: 0.95 },
    },
  ],
  measure: async (stage, { backlog: waiting, tasks }) => {
    const without = await rateWith(stage, 0, tasks);
    return { backlog: (await rateWith(stage, waiting, tasks)) / without };
  },
};

async function rateWith(stage: Stage, waiting: number, tasks: number): Promise<number> {
  const place = await stage.begin();
  const count = waiting + warmUp + tasks;
  await stage.producer.request({ kind: 'enqueue', how: 'bulk', count, bytes: 100, sleep: 0 });
  const drained = await drain(stage, { place, workers: 1, concurrency: 32, tasks });
  return rateOf(drained.tasks, drained.micros);
}
