import type { Progress } from './messages.ts';
import { warmUp } from './scenario.ts';
import type { CpuTimes, Stage } from './stage.ts';
import type { Place } from './system.ts';

export interface DrainOptions {
  readonly place: Place;
  readonly workers: number;
  readonly concurrency: number;
  /** Tasks to run under the clock. */
  readonly tasks: number;
  /** Tasks to run before it. @default {@link warmUp} */
  readonly before?: number;
}

/** What working off a queue took. */
export interface Drain {
  /** Tasks that ran under the clock. */
  readonly tasks: number;
  readonly micros: number;
  readonly cpu: CpuTimes;
}

interface Mark {
  readonly handled: number;
  readonly at: number;
  readonly cpu: CpuTimes;
}

const drainLimit = 120_000;

/**
 * Lets workers run what is waiting. The clock starts with the report that passes `before` and stops at the last task's
 * end, so that neither the start of a worker nor its stop is measured.
 */
export async function drain(stage: Stage, options: DrainOptions): Promise<Drain> {
  const { place, workers: count, concurrency, tasks, before = warmUp } = options;
  const workers = stage.workers.slice(0, count);
  const seen = new Map<number, Progress>();
  const marks = marksOf(stage, seen, before, before + tasks);
  for (const worker of workers) worker.onProgress((progress) => marks.see(worker.pid, progress));
  try {
    await Promise.all(workers.map((worker) => worker.request({ kind: 'open', place, concurrency })));
    const [start, end] = await marks.both;
    return {
      tasks: end.handled - start.handled,
      micros: end.at - start.at,
      cpu: elapsedCpu(start.cpu, end.cpu),
    };
  } finally {
    for (const worker of workers) worker.onProgress(undefined);
    await Promise.all(workers.map((worker) => worker.request({ kind: 'close' })));
  }
}

/** Throws when the system has lost something or left it undone. */
export async function requireDrained({ name, system, redis }: Stage, { queue }: Place): Promise<void> {
  const left = await system.unfinished(redis, queue);
  if (left !== 0) throw new Error(`${name} left ${left} tasks unfinished`);
}

export function elapsedCpu(from: CpuTimes, to: CpuTimes): CpuTimes {
  return {
    producer: to.producer - from.producer,
    workers: to.workers - from.workers,
    redis: to.redis - from.redis,
  };
}

interface Marks {
  readonly both: Promise<readonly [Mark, Mark]>;
  see(pid: number, progress: Progress): void;
}

function marksOf(stage: Stage, seen: Map<number, Progress>, before: number, total: number): Marks {
  let start: Mark | undefined;
  let see: Marks['see'] = () => undefined;
  const both = new Promise<readonly [Mark, Mark]>((resolve, reject) => {
    const limit = setTimeout(() => {
      const handled = [...seen.values()].reduce((sum, each) => sum + each.handled, 0);
      reject(new Error(`${stage.name} ran ${handled} of ${total} tasks within ${drainLimit} ms`));
    }, drainLimit).unref();
    see = (pid, progress) => {
      seen.set(pid, progress);
      const all = [...seen.values()];
      const handled = all.reduce((sum, each) => sum + each.handled, 0);
      if (start === undefined && before === 0) {
        start = { handled: 0, at: Math.min(...all.map(({ firstAt }) => firstAt)), cpu: stage.cpu() };
      }
      if (start === undefined && handled >= before)
        start = { handled, at: progress.lastAt, cpu: stage.cpu() };
      if (handled < total || start === undefined) return;
      clearTimeout(limit);
      if (start.handled === handled)
        reject(new Error('all tasks ran between two reports; measure more tasks'));
      resolve([start, { handled, at: Math.max(...all.map(({ lastAt }) => lastAt)), cpu: stage.cpu() }]);
    };
  });
  // A failure of the workers is reported first; this one would come after it.
  both.catch(() => undefined);
  return { both, see: (pid, progress) => see(pid, progress) };
}
