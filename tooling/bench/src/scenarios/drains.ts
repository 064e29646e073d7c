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
  /** @default false */
  readonly isLong?: boolean;
  /** @default as many as a drain has */
  readonly tasks?: (size: Size) => number;
}

function drainScenario(given: DrainScenario): Scenario {
  const { name, title, workers, concurrency, prefetch = null, needs = [], isLong = false } = given;
  const tasksOf = given.tasks ?? (({ drainTasks }) => drainTasks);
  return {
    name,
    title,
    chapter: 'Drain',
    needs,
    isLong,
    metrics: [{ id: name, metric: title, unit: 'tasks/s', better: 'more' }],
    measure: async (stage, size) => {
      const place = await stage.begin();
      const tasks = tasksOf(size);
      const before = size.warmUp;
      const count = before + tasks;
      const { fillLimit, drainLimit } = size;
      const fill = { kind: 'enqueue', how: 'bulk', count, limit: fillLimit } as const;
      await stage.producer.request(fill);
      const drained = await drain(stage, {
        place,
        workers,
        concurrency,
        prefetch,
        before,
        tasks,
        limit: drainLimit,
      });
      await requireDrained(stage, drained);
      return { [name]: rateOf(drained.tasks, drained.micros) };
    },
  };
}

/** One task per round trip: nothing is claimed ahead. */
function lone(workers: 1 | 2): DrainScenario {
  return {
    name: workers === 1 ? 'drain-1' : `drain-${workers}x1`,
    title: titleOf(workers, 1),
    workers,
    concurrency: 1,
    prefetch: 0,
    tasks: ({ slowTasks }) => slowTasks,
  };
}

function wide(workers: 1 | 2, concurrency: number): DrainScenario {
  const name = workers === 1 ? `drain-${concurrency}` : `drain-${workers}x${concurrency}`;
  return { name, title: titleOf(workers, concurrency), workers, concurrency };
}

function titleOf(workers: 1 | 2, concurrency: number): string {
  return workers === 1
    ? `drain, 1 worker, concurrency ${concurrency}`
    : `drain, ${workers} workers, concurrency ${concurrency} each`;
}

const claimsAhead: DrainScenario = {
  ...lone(1),
  name: 'drain-1-prefetch',
  title: `${titleOf(1, 1)}, claims ahead`,
  prefetch: 100,
  needs: ['prefetch'],
  tasks: ({ drainTasks }) => drainTasks,
};

/** Tasks that do nothing, as fast as they can be worked off. */
export const drains: readonly Scenario[] = [
  lone(1),
  claimsAhead,
  wide(1, 32),
  wide(1, 100),
  { ...lone(2), isLong: true },
  wide(2, 32),
  { ...wide(2, 100), isLong: true },
].map(drainScenario);
