import { setTimeout as sleep } from 'node:timers/promises';
import { arrivalsAt } from '../arrivals.ts';
import type { Part } from '../part.ts';
import type { Scenario } from '../scenario.ts';
import type { Store } from '../stores/store.ts';

const chunk = 50_000;
/** A result is kept for a minute at least: what is left of a task goes when that is over. */
const forgetLimit = 100_000;
const pollInterval = 500;
const bytesPerMegabyte = 1_048_576;
const closeLimit = 20_000;

/** Whether many tasks leave anything behind when they and their results are gone. */
export const memory: Scenario = {
  name: 'memory',
  title: 'memory after many tasks',
  chapter: 'Memory',
  needs: ['all', 'brief'],
  isLong: true,
  mostRounds: 1,
  metrics: [
    {
      id: 'memory-redis',
      metric: 'Redis memory after many tasks, above that before',
      unit: 'bytes per task',
      better: 'less',
    },
    {
      id: 'memory-heap',
      metric: 'heap of a worker after many tasks, above that before',
      unit: 'MB',
      better: 'less',
    },
  ],
  measure: async (stage, { memoryTasks: tasks }) => {
    const place = await stage.begin();
    const [worker] = stage.workers;
    if (worker === undefined) throw new Error('a stage has at least one worker');
    const arrivals = arrivalsAt(worker);
    const run = async (count: number): Promise<void> => {
      await stage.producer.request({ kind: 'enqueue', how: 'brief', count });
      await arrivals.take(count);
    };
    await worker.request({ kind: 'open', place, concurrency: 100, prefetch: null });
    const empty = await stage.store.bytes();
    await run(chunk);
    const heap = await heapOf(worker);
    for (let done = 0; done < tasks; done += chunk) await run(Math.min(chunk, tasks - done));
    const left = await leastBytes(stage.store, empty);
    const grown = (await heapOf(worker)) - heap;
    arrivals.end();
    await worker.request({ kind: 'close' }, closeLimit);
    return { 'memory-redis': Math.max(0, left - empty) / tasks, 'memory-heap': grown / bytesPerMegabyte };
  },
};

async function heapOf(worker: Part): Promise<number> {
  const { bytes = Number.NaN } = await worker.request({ kind: 'heap' });
  return bytes;
}

async function leastBytes(store: Store, enough: number): Promise<number> {
  const until = performance.now() + forgetLimit;
  let least = await store.bytes();
  while (least > enough && performance.now() < until) {
    await sleep(pollInterval);
    least = Math.min(least, await store.bytes());
  }
  return least;
}
