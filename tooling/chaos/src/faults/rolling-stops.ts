import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '@q/core';
import type { TaskFacts } from '../checker/facts.ts';
import type { Child } from '../processes/child.ts';
import { plain, slow } from '../workload/tasks.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const seats = 3;
const batch = 20;
/** ms that a task takes, at most; a worker waits for longer ones. */
const longestTask = 200;
const gracePeriod = 2_000;
/** ms; nobody loses it, however busy the machine is: what runs twice was handed back and kept. */
const lease = 30_000;
const stopBound = gracePeriod + 3_000;
/** ms between two batches. */
const interval = 50;

export const rollingStops: Fault = {
  name: 'rolling-stops',
  promise:
    'SIGTERM to one worker after the other, under load: every process exits 0 within its grace and 3 s, no task runs twice or is charged a try',
  sizes: { small: null, gate: 10, full: 100 },
  play: async (size) => {
    await using rig = await Rig.open();
    const load = startLoad(rig);
    const { broken, longest } = await roll(rig, size);
    const tasks = await load.stop();
    await rig.drained();
    const { facts, broken: violations } = await rig.finish();
    const runs = [...facts.runs.values()];
    const repeated = [...facts.tasks.values()].filter(({ runs: all }) => all.length > 1);
    const charged = runs.filter(({ tries }) => tries > 1).length;
    return {
      figures: {
        sigterms: size,
        tasks,
        repeated: repeated.length,
        charged,
        longest,
        bound: stopBound,
      },
      broken: [
        ...broken,
        ...violations,
        ...unless([
          [repeated.length === 0, `${repeated.length} tasks ran twice: ${repeated.map(told).join('; ')}`],
          [charged === 0, `${charged} tries were charged`],
          [longest <= stopBound, `a worker took ${longest} ms to stop`],
          [tasks > size, `only ${tasks} tasks were enqueued: that is no load`],
        ]),
      ],
    };
  },
};

function told({ id, runs }: TaskFacts): string {
  return `${id} as ${runs.map(({ run, attempt, startedAt, endedAt }) => `${run} (attempt ${attempt}, ${startedAt} to ${endedAt})`).join(', ')}`;
}

async function roll(
  rig: Rig,
  size: number,
): Promise<{ readonly broken: readonly string[]; readonly longest: number }> {
  const crew: Child[] = await Promise.all(
    Array.from({ length: seats }, (_, seat) => rig.worker(`worker-${seat}.0`, { gracePeriod, lease })),
  );
  const broken: string[] = [];
  let longest = 0;
  for (let turn = 0; turn < size; turn += 1) {
    const seat = turn % seats;
    const leaver = crew[seat];
    const next = rig.worker(`worker-${seat}.${turn + 1}`, { gracePeriod, lease });
    if (leaver !== undefined) {
      const begunAt = performance.now();
      rig.note('terminate', leaver.name);
      leaver.signal('SIGTERM');
      const { code, signal } = await leaver.exited;
      longest = Math.max(longest, Math.round(performance.now() - begunAt));
      if (code !== 0) broken.push(`${leaver.name} ended with ${code ?? signal}:\n${leaver.lastLines()}`);
    }
    crew[seat] = await next;
  }
  return { broken, longest };
}

interface Load {
  /** Answers how many tasks there were. */
  readonly stop: () => Promise<number>;
}

function startLoad(rig: Rig): Load {
  let isOver = false;
  let count = 0;
  const enqueueAll = async (): Promise<void> => {
    while (!isOver) {
      const calls = Array.from({ length: batch }, (_, n) => {
        const id = `t${count + n}`;
        return n % 2 === 0
          ? call(plain, n).start({ id })
          : call(slow, (longestTask * n) / batch).start({ id });
      });
      await rig.producer.enqueue(calls, 'done');
      count += batch;
      await sleep(interval);
    }
  };
  const enqueued = enqueueAll();
  // It is waited for at the end: what has failed before is told there.
  enqueued.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await enqueued;
      return count;
    },
  };
}
