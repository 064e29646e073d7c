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

/** Ms that the producer has for what is asked of it. */
const requestLimit = 120_000;
/** Ms: long enough for a rate, and there are many. */
const drainLimit = 3_000;
/** Ms after which what has been sent of what is to be drained must do: more than a slow system drains in its time. */
const prepareLimit = 4_000;
/**
 * Ms for all pairs, of which there are at least so many: who is quick is compared more often, because a few tenths of a µs
 * are more to it. Before them, one without what fills it and without a clock.
 */
const pairsLimit = 100_000;
const fewestPairs = 3;

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
      const ratios: number[] = [];
      const startedAt = performance.now();
      const isEnough = () => ratios.length >= fewestPairs && performance.now() - startedAt > pairsLimit;
      for (let pair = 0; !isEnough(); pair += 1) {
        // What waits is all that differs: nothing is there of earlier drains, nor the holes that they leave in memory.
        const place = await stage.begin();
        await other.empty();
        const filled: Spot = { place, store: stage.store };
        const empty: Spot = { place: { url: other.url, queue: place.queue }, store: other };
        if (pair > 0) await fill(stage, size);
        const turns = pair % 2 === 0 ? [filled, empty] : [empty, filled];
        const rates = await ratesAt(turns, stage, size);
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

/** Drained one right after the other: a machine changes its pace within a minute. */
async function ratesAt(turns: readonly Spot[], stage: Stage, size: Size): Promise<ReadonlyMap<Spot, number>> {
  for (const spot of turns) await prepare(spot, stage, size);
  const rates = new Map<Spot, number>();
  for (const spot of turns) rates.set(spot, await rateAt(spot, stage, size));
  return rates;
}

/** What is to be drained. Of both before either is: what was just written is still in the caches of the processor. */
async function prepare({ place, store }: Spot, stage: Stage, size: Size): Promise<void> {
  const { before, tasks } = partsOf(size);
  // When nothing more is to be claimed, what was claimed last runs faster; that must not be timed at an empty queue either.
  const after = tasks / 20;
  await stage.open(place);
  await enqueue(stage, 'bulk', before + tasks + after, prepareLimit);
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

async function enqueue(stage: Stage, how: EnqueueWay, count: number, limit?: number): Promise<void> {
  const bounds = limit === undefined ? {} : { limit };
  await stage.producer.request({ kind: 'enqueue', how, count, ...bounds }, requestLimit);
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
    fill: (stage, { leases }) => stage.producer.request({ kind: 'crowd', count: leases }, requestLimit),
  }),
];
