import { drain, requireDrained } from '../drain.ts';
import { rateOf } from '../rate.ts';
import type { Scenario } from '../scenario.ts';
import type { Size } from '../size.ts';
import type { Ability } from '../systems.ts';

interface DrainScenario {
  readonly name: string;
  readonly title: string;
  readonly workers: number;
  readonly concurrency: number;
  readonly prefetch?: number | null;
  readonly needs?: readonly Ability[];
  /** @default as many as a drain has */
  readonly tasks?: (size: Size) => number;
}

function drainScenario(given: DrainScenario): Scenario {
  const { name, title, workers, concurrency, prefetch = null, needs = [] } = given;
  const tasksOf = given.tasks ?? (({ drainTasks }) => drainTasks);
  return {
    name,
    title,
    chapter: 'Drain',
    needs,
    isLong: false,
    metrics: [{ id: name, metric: title, unit: 'tasks/s', better: 'more' }],
    measure: async (stage, size) => {
      const place = await stage.begin();
      const tasks = tasksOf(size);
      const before = size.warmUp;
      const count = before + tasks;
      await stage.producer.request({ kind: 'enqueue', how: 'bulk', count, bytes: 100, sleep: 0 });
      const drained = await drain(stage, { place, workers, concurrency, prefetch, before, tasks });
      await requireDrained(stage, drained);
      return { [name]: rateOf(drained.tasks, drained.micros) };
    },
  };
}

/** Tasks that do nothing, as fast as they can be worked off. */
export const drains: readonly Scenario[] = [
  drainScenario({
    name: 'drain-1',
    title: 'drain, 1 worker, concurrency 1',
    workers: 1,
    concurrency: 1,
    prefetch: 0,
    tasks: ({ slowTasks }) => slowTasks,
  }),
  drainScenario({
    name: 'drain-1-prefetch',
    title: 'drain, 1 worker, concurrency 1, claims ahead',
    workers: 1,
    concurrency: 1,
    prefetch: 100,
    needs: ['prefetch'],
  }),
  drainScenario({
    name: 'drain-32',
    title: 'drain, 1 worker, concurrency 32',
    workers: 1,
    concurrency: 32,
  }),
  drainScenario({
    name: 'drain-100',
    title: 'drain, 1 worker, concurrency 100',
    workers: 1,
    concurrency: 100,
  }),
  drainScenario({
    name: 'drain-2x32',
    title: 'drain, 2 workers, concurrency 32 each',
    workers: 2,
    concurrency: 32,
  }),
];
