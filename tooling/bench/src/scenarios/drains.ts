import { drain, requireDrained } from '../drain.ts';
import type { Goal } from '../metric.ts';
import { rateOf } from '../rate.ts';
import { type Scenario, warmUp } from '../scenario.ts';
import type { Size } from '../size.ts';

interface DrainScenario {
  readonly title: string;
  readonly workers: number;
  readonly concurrency: number;
  readonly tasks: (size: Size) => number;
  readonly goal: Goal;
}

function drainScenario({ title, workers, concurrency, tasks: tasksOf, goal }: DrainScenario): Scenario {
  const id = `drain-${workers}x${concurrency}`;
  return {
    name: title,
    metrics: [{ id, metric: title, unit: 'tasks/s', better: 'more', goal }],
    measure: async (stage, size) => {
      const place = await stage.begin();
      const tasks = tasksOf(size);
      await stage.producer.request({
        kind: 'enqueue',
        how: 'bulk',
        count: warmUp + tasks,
        bytes: 100,
        sleep: 0,
      });
      const drained = await drain(stage, { place, workers, concurrency, tasks });
      await requireDrained(stage, place);
      return { [id]: rateOf(drained.tasks, drained.micros) };
    },
  };
}

/** Tasks that do nothing, as fast as they can be worked off. */
export const drains: readonly Scenario[] = [
  drainScenario({
    title: 'drain, 1 worker, concurrency 1',
    workers: 1,
    concurrency: 1,
    tasks: ({ slowTasks }) => slowTasks,
    goal: { kind: 'best-peer', factor: 1.3 },
  }),
  drainScenario({
    title: 'drain, 1 worker, concurrency 32',
    workers: 1,
    concurrency: 32,
    tasks: ({ tasks }) => tasks,
    goal: { kind: 'best-peer', factor: 2.5 },
  }),
  drainScenario({
    title: 'drain, 1 worker, concurrency 100',
    workers: 1,
    concurrency: 100,
    tasks: ({ tasks }) => tasks,
    goal: { kind: 'best-peer', factor: 3 },
  }),
  drainScenario({
    title: 'drain, 2 workers, concurrency 32 each',
    workers: 2,
    concurrency: 32,
    tasks: ({ tasks }) => tasks,
    goal: { kind: 'best-peer', factor: 2.5 },
  }),
];
