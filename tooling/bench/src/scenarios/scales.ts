import { drain } from '../drain.ts';
import type { EnqueueWay } from '../messages.ts';
import { rateOf } from '../rate.ts';
import type { Scenario } from '../scenario.ts';
import type { Size } from '../size.ts';
import type { Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import type { Store } from '../stores/store.ts';
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
/**
 * Filled and empty, one right after the other: a machine changes its pace within a minute. Before them, one that is not
 * timed. As many as a queue that was filled once can serve: what comes later lies where results have been removed, and
 * such memory is slower, however many wait.
 */
const pairs = 4;

/** Whether a queue that holds a lot is as fast as one that does not: one rate divided by the other. */
function scaleScenario({ name, load, needs, fill }: ScaleScenario): Scenario {
  return {
    name,
    title: `drain rate with ${load}`,
    chapter: 'Scale',
    needs: ['all', ...needs],
    isLong: true,
    mostRounds: 3,
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
      const place = await stage.begin();
      const filled: Spot = { place, store: stage.store };
      const empty: Spot = { place: { url: other.url, queue: `${place.queue}-empty` }, store: other };
      await fill(stage, size);
      const ratios: number[] = [];
      for (let pair = 0; pair <= pairs; pair += 1) {
        const turns = pair % 2 === 0 ? [filled, empty] : [empty, filled];
        // What waits is all that differs: neither server holds what earlier drains have left.
        await filled.store.dropExpiring();
        await empty.store.empty();
        for (const spot of turns) await prepare(spot, stage, size);
        const rates = new Map<Spot, number>();
        for (const spot of turns) rates.set(spot, await rateAt(spot, stage, size));
        if (pair > 0) ratios.push((rates.get(filled) ?? Number.NaN) / (rates.get(empty) ?? Number.NaN));
      }
      return { [name]: median(ratios) };
    },
  };
}

interface Spot {
  readonly place: Place;
  readonly store: Store;
}

/** Tasks before the clock starts, and under it. */
function partsOf({ scaleTasks }: Size): { readonly before: number; readonly tasks: number } {
  return { before: scaleTasks / 4, tasks: scaleTasks };
}

/** What is to be drained. Of both before either is: what was just written is still in the caches of the processor. */
async function prepare({ place, store }: Spot, stage: Stage, size: Size): Promise<void> {
  const { before, tasks } = partsOf(size);
  // When nothing more is to be claimed, what was claimed last runs faster; that must not be timed at an empty queue either.
  const after = tasks / 20;
  await stage.open(place);
  await enqueue(stage, 'bulk', before + tasks + after);
  // To be written is not what is measured here.
  await store.rest();
}

async function rateAt({ place }: Spot, stage: Stage, size: Size): Promise<number> {
  const { before, tasks } = partsOf(size);
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
