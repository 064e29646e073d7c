import type { Progress } from './messages.ts';
import { HungError } from './mishap.ts';
import type { CpuTimes, Stage } from './stage.ts';
import type { Place, WorkerSettings } from './system.ts';

export interface DrainOptions {
  readonly place: Place;
  readonly workers: number;
  readonly concurrency: number;
  /** As in {@link WorkerSettings}. @default null */
  readonly prefetch?: number | null;
  /** Tasks to run under the clock. */
  readonly tasks: number;
  /** Tasks to run before it, each worker its share of them. */
  readonly before: number;
  /** Ms after which what has run by then is the figure: a slow system need not finish. */
  readonly limit: number;
}

/** What working off a queue took. */
export interface Drain {
  /** Tasks that ran under the clock. */
  readonly tasks: number;
  readonly micros: number;
  readonly cpu: CpuTimes;
  /** Whether all tasks ran. */
  readonly isComplete: boolean;
}

interface Mark {
  readonly handled: number;
  readonly at: number;
  readonly cpu: CpuTimes;
}

/** A system that has run nothing for so long, ms, will not go on. */
const silence = 10_000;
const closeLimit = 20_000;
/** A system that is slow to warm up is measured from its first report on. */
const warmUpLimit = 1_500;

/**
 * Lets workers run what is waiting. The clock starts with the report with which the last worker passes its share of
 * `before`, and stops at the last task's end, so that neither the start of a worker nor its stop is measured.
 */
export async function drain(stage: Stage, options: DrainOptions): Promise<Drain> {
  const { place, workers: count, concurrency, prefetch = null } = options;
  const workers = stage.workers.slice(0, count);
  const watch = new DrainWatch(stage, options);
  for (const worker of workers) worker.onProgress((progress) => watch.see(worker.pid, progress));
  try {
    await Promise.all(
      workers.map((worker) => worker.request({ kind: 'open', place, concurrency, prefetch })),
    );
    const drained = await watch.done;
    await Promise.all(workers.map((worker) => worker.request({ kind: 'close' }, closeLimit)));
    return drained;
  } finally {
    watch.end();
    for (const worker of workers) worker.onProgress(undefined);
  }
}

/** Throws when the system has lost something or left it undone. */
export async function requireDrained({ name, producer }: Stage, { isComplete }: Drain): Promise<void> {
  if (!isComplete) return;
  const { unfinished } = await producer.request({ kind: 'unfinished' });
  if (unfinished !== 0) throw new Error(`${name} left ${unfinished} tasks unfinished`);
}

export function elapsedCpu(from: CpuTimes, to: CpuTimes): CpuTimes {
  return {
    producer: to.producer - from.producer,
    workers: to.workers - from.workers,
    store: to.store - from.store,
  };
}

class DrainWatch {
  readonly done: Promise<Drain>;
  readonly #stage: Stage;
  readonly #options: Pick<DrainOptions, 'workers' | 'tasks' | 'before' | 'limit'>;
  readonly #seen = new Map<number, Progress>();
  readonly #startedAt = performance.now();
  readonly #ticking: NodeJS.Timeout;
  #start: Mark | undefined;
  #last: Omit<Mark, 'cpu'> | undefined;
  #heardAt: number = performance.now();
  #resolve: (drained: Drain) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(stage: Stage, { workers, tasks, before, limit }: DrainOptions) {
    this.#stage = stage;
    this.#options = { workers, tasks, before, limit };
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A failure to open the workers is reported first; this one would come after it.
    this.done.catch(() => undefined);
    this.#ticking = setInterval(() => this.#look(), 50);
  }

  see(pid: number, progress: Progress): void {
    this.#seen.set(pid, progress);
    this.#heardAt = performance.now();
    const { workers, before, tasks } = this.#options;
    const all = [...this.#seen.values()];
    const handled = all.reduce((sum, each) => sum + each.handled, 0);
    const warm = all.filter((each) => each.handled >= before / workers).length;
    const isWarm = warm === workers || performance.now() - this.#startedAt > warmUpLimit;
    if (this.#start === undefined && before === 0) {
      this.#start = {
        handled: 0,
        at: Math.min(...all.map(({ firstAt }) => firstAt)),
        cpu: this.#stage.cpu(),
      };
    } else if (this.#start === undefined && isWarm) {
      this.#start = { handled, at: progress.lastAt, cpu: this.#stage.cpu() };
      return;
    }
    this.#last = { handled, at: Math.max(...all.map(({ lastAt }) => lastAt)) };
    if (handled >= before + tasks) this.#finish(true);
  }

  end(): void {
    clearInterval(this.#ticking);
  }

  #look(): void {
    const now = performance.now();
    const isLate = now - this.#startedAt > this.#options.limit;
    if (
      isLate &&
      this.#start !== undefined &&
      this.#last !== undefined &&
      this.#last.handled > this.#start.handled
    ) {
      this.#finish(false);
    } else if (now - this.#heardAt > silence) {
      const handled = this.#last?.handled ?? 0;
      const { before, tasks } = this.#options;
      this.#reject(
        new HungError(
          `${this.#stage.name} ran ${handled} of ${before + tasks} tasks, then none for ${silence} ms`,
        ),
      );
    }
  }

  #finish(isComplete: boolean): void {
    const [start, last] = [this.#start, this.#last];
    if (start === undefined || last === undefined || start.handled === last.handled) {
      this.#reject(new Error('all tasks ran between two reports; measure more tasks'));
      return;
    }
    this.#resolve({
      tasks: last.handled - start.handled,
      micros: last.at - start.at,
      cpu: elapsedCpu(start.cpu, this.#stage.cpu()),
      isComplete,
    });
  }
}
