import { drain } from '../drain.ts';
import type { EnqueueWay } from '../messages.ts';
import { rateOf } from '../rate.ts';
import type { Scenario } from '../scenario.ts';
import type { Size } from '../size.ts';
import type { Stage } from '../stage.ts';
import type { Ability } from '../systems.ts';

interface ScaleScenario {
  readonly name: string;
  /** What is there besides the tasks that are drained. */
  readonly load: string;
  readonly needs: readonly Ability[];
  readonly fill: (stage: Stage, size: Size) => Promise<unknown>;
}

const fillLimit = 120_000;
/** Ms: long enough for a rate, and there are three of them. */
const drainLimit = 3_000;

/** Whether a queue that holds a lot is as fast as one that does not: one rate divided by the other. */
function scaleScenario({ name, load, needs, fill }: ScaleScenario): Scenario {
  return {
    name,
    title: `drain rate with ${load}`,
    chapter: 'Scale',
    needs: ['all', ...needs],
    isLong: true,
    mostRounds: 2,
    metrics: [
      {
        id: name,
        metric: `drain rate at concurrency 32 with ${load} ÷ without`,
        unit: 'ratio',
        better: 'more',
      },
    ],
    measure: async (stage, size) => {
      const nothing = async (): Promise<void> => undefined;
      const before = await rateAfter(stage, size, nothing);
      const filled = await rateAfter(stage, size, () => fill(stage, size));
      // Before and after, so that a machine that changes its pace meanwhile does not decide.
      const after = await rateAfter(stage, size, nothing);
      return { [name]: filled / ((before + after) / 2) };
    },
  };
}

async function rateAfter(
  stage: Stage,
  { warmUp: before, costTasks: tasks }: Size,
  fill: () => Promise<unknown>,
): Promise<number> {
  const place = await stage.begin();
  await enqueue(stage, 'bulk', before + tasks);
  await fill();
  // To be written is not what is measured here.
  await stage.store.rest();
  const drained = await drain(stage, {
    place,
    workers: 1,
    concurrency: 32,
    before,
    tasks,
    limit: drainLimit,
  });
  return rateOf(drained.tasks, drained.micros);
}

async function enqueue(stage: Stage, how: EnqueueWay, count: number): Promise<void> {
  await stage.producer.request({ kind: 'enqueue', how, count, bytes: 100, sleep: 0 }, fillLimit);
}

export const scales: readonly Scenario[] = [
  scaleScenario({
    name: 'scale-waiting',
    load: 'many more waiting',
    needs: [],
    fill: (stage, { waiting }) => enqueue(stage, 'bulk', waiting),
  }),
  scaleScenario({
    name: 'scale-delayed',
    load: 'many delayed',
    needs: ['delays'],
    fill: (stage, { delayed }) => enqueue(stage, 'later', delayed),
  }),
  scaleScenario({
    name: 'scale-leases',
    load: 'leases of many other workers',
    needs: ['crowd'],
    fill: (stage, { leases }) => stage.producer.request({ kind: 'crowd', count: leases }, fillLimit),
  }),
];
