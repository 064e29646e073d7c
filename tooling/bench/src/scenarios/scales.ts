import { drain } from '../drain.ts';
import type { EnqueueWay } from '../messages.ts';
import { rateOf } from '../rate.ts';
import type { Scenario } from '../scenario.ts';
import type { Size } from '../size.ts';
import type { Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import type { Place } from '../system.ts';
import type { Ability } from '../systems.ts';

interface ScaleScenario {
  readonly name: string;
  /** What is there besides the tasks that are drained. */
  readonly load: string;
  readonly needs: readonly Ability[];
  readonly fill: (stage: Stage, size: Size) => Promise<unknown>;
}

const fillLimit = 120_000;
/** Ms: long enough for a rate, and there are many. */
const drainLimit = 2_000;
/** Filled and empty, one right after the other: a machine changes its pace within a minute. Before them, one that is not timed. */
const pairs = 8;

/** Whether a queue that holds a lot is as fast as one that does not: one rate divided by the other. */
function scaleScenario({ name, load, needs, fill }: ScaleScenario): Scenario {
  return {
    name,
    title: `drain rate with ${load}`,
    chapter: 'Scale',
    needs: ['all', ...needs],
    isLong: true,
    mostRounds: 1,
    metrics: [
      {
        id: name,
        metric: `drain rate at concurrency 32 with ${load} ÷ without`,
        unit: 'ratio',
        better: 'more',
      },
    ],
    measure: async (stage, size) => {
      await using other = await stage.store.beside();
      const filled = await stage.begin();
      const empty = { url: other.url, queue: `${filled.queue}-empty` };
      await fill(stage, size);
      // To be written is not what is measured here.
      await stage.store.rest();
      const ratios: number[] = [];
      for (let pair = 0; pair <= pairs; pair += 1) {
        const rates = new Map<Place, number>();
        for (const place of pair % 2 === 0 ? [filled, empty] : [empty, filled])
          rates.set(place, await rateAt(place, stage, size));
        if (pair > 0) ratios.push((rates.get(filled) ?? Number.NaN) / (rates.get(empty) ?? Number.NaN));
      }
      return { [name]: median(ratios) };
    },
  };
}

async function rateAt(place: Place, stage: Stage, { scaleTasks }: Size): Promise<number> {
  await stage.open(place);
  const [before, tasks] = [scaleTasks / 4, scaleTasks];
  await enqueue(stage, 'bulk', before + tasks);
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
