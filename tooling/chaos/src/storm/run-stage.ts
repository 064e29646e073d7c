import type { QueueKeys } from '@q/core/wire';
import { until } from '@q/dev-redis';
import type { Violation } from '../checker/violation.ts';
import { hasWork } from '../has-work.ts';
import { openLedger } from '../ledger/ledger.ts';
import { runNemesis } from '../nemesis/nemesis.ts';
import type { PlannedStroke, Stroke } from '../nemesis/plan.ts';
import type { ProducerSettings, WorkerSettings } from '../processes/settings.ts';
import { traceOf } from '../trace-of.ts';
import type { Arena } from './arena.ts';
import { Crew } from './crew.ts';

export interface StageOptions {
  readonly arena: Arena;
  readonly keys: QueueKeys;
  /** Folder of the ledgers. */
  readonly ledgers: string;
  /** Begins every id. */
  readonly ids: string;
  readonly seed: number;
  readonly tasks: number;
  /** ms in which the tasks are enqueued. */
  readonly duration: number;
  readonly strokes: readonly PlannedStroke[];
  readonly workers: number;
  readonly producers: number;
  /** ms */
  readonly lease: number;
  readonly log: (line: string) => void;
}

const concurrency = 16;
const gracePeriod = 2_000;
const chunkSize = 50;
/** ms from now until the processes are up and the first chunk is due. */
const leadTime = 1_500;
const patience = 90_000;
const drainWithin = 90_000;

/** How a stage went, apart from what its ledgers say. */
export interface Played {
  readonly complaints: readonly Violation[];
  /** ms, until everything was enqueued and every waiter was told something. */
  readonly took: number;
}

/** Enqueues, breaks what can be broken meanwhile, and lets everything come to its end; the rest is for the ledgers to say. */
export async function runStage(options: StageOptions): Promise<Played> {
  const stage = new Stage(options);
  const begunAt = performance.now();
  const complaints: Violation[] = [];
  try {
    complaints.push(...(await stage.weather()));
    const took = performance.now() - begunAt;
    complaints.push(...(await stage.calm()));
    return { complaints, took };
  } catch (error) {
    // A storm of an hour is judged all the same.
    complaints.push({ rule: toItsEnd, id: null, what: traceOf(error) });
    return { complaints, took: performance.now() - begunAt };
  } finally {
    await stage.end();
  }
}

const toItsEnd = 'a storm comes to its end';

class Stage {
  readonly #options: StageOptions;
  readonly #crew: Crew;
  readonly #beginAt = Date.now() + leadTime;

  constructor(options: StageOptions) {
    this.#options = options;
    const { workers, producers } = options;
    this.#crew = new Crew({
      workers,
      producers,
      worker: (name, seat) => this.#workerSettings(name, seat),
      producer: (name, seat) => this.#producerSettings(name, seat),
    });
  }

  /** Resolves when everything was enqueued and every waiter was told something. Answers what was not as it should be. */
  async weather(): Promise<readonly Violation[]> {
    const { arena, strokes, duration } = this.#options;
    const complaints: Violation[] = [];
    const log = (line: string): void =>
      this.#options.log(`${((Date.now() - this.#beginAt) / 1_000).toFixed(1)} s: ${line}`);
    using ledger = openLedger(this.#options.ledgers, 'nemesis');
    const behind = (proxy: number): string | undefined => this.#behind(proxy);
    await runNemesis({
      strokes,
      targets: { arena, crew: this.#crew, ledger, behind },
      beginAt: this.#beginAt,
      duration,
      onStroke: (stroke) => log(describeStroke(stroke)),
      onMiss: (stroke, error) => {
        // It leaves the tasks as they are, so the storm goes on.
        const what = `${describeStroke(stroke)}: ${traceOf(error)}`;
        log(`not dealt: ${what}`);
        complaints.push({ rule: 'every fault of the plan is dealt', id: null, what });
      },
    });
    await this.#crew.produced();
    log('everything is enqueued and every waiter was told something; the rest is drained');
    return complaints;
  }

  /** Resolves when nothing is left to do and the workers have gone. Answers what was not as it should be. */
  async calm(): Promise<readonly Violation[]> {
    const complaints: Violation[] = [];
    await this.#drained().catch((error: unknown) => {
      complaints.push({ rule: toItsEnd, id: null, what: String(error) });
    });
    await this.#crew.stopWorkers();
    for (const what of this.#crew.complaints)
      complaints.push({ rule: 'a process ends only when it is told to', id: null, what });
    return complaints;
  }

  async end(): Promise<void> {
    await this.#crew.killAll();
  }

  async #drained(): Promise<void> {
    const redis = await this.#options.arena.connect();
    const { keys } = this.#options;
    const isDrained = async (): Promise<true | undefined> => {
      if (await hasWork(redis, keys)) return undefined;
      const labels = (await redis.zrange(keys.workers, '0', '-1')).map((id) => id.split('~')[0] ?? '');
      const names = this.#crew.names();
      return labels.length === names.length && names.every((name) => labels.includes(name))
        ? true
        : undefined;
    };
    try {
      await until(isDrained, {
        what: 'the queue is drained and has no dead worker',
        within: drainWithin,
        every: 200,
      });
    } finally {
      redis.disconnect();
    }
  }

  /** The first proxies are those of the first workers, the last one that of the first producer. */
  #behind(proxy: number): string | undefined {
    const isLast = proxy === this.#options.arena.proxies.length - 1;
    return (isLast ? this.#crew.producer(0) : this.#crew.worker(proxy))?.name;
  }

  #workerSettings(name: string, seat: number): WorkerSettings {
    const { arena, lease } = this.#options;
    const proxy = seat < arena.proxies.length - 1 ? seat : null;
    return { ...this.#common(name, proxy), concurrency, lease, gracePeriod, cron: null };
  }

  #producerSettings(name: string, seat: number): ProducerSettings {
    const { arena, ids, seed, tasks, producers, duration } = this.#options;
    const chunks = Math.ceil(tasks / producers / chunkSize);
    const proxy = seat === 0 && arena.proxies.length > 0 ? arena.proxies.length - 1 : null;
    return {
      ...this.#common(name, proxy),
      seat: `producer-${seat}`,
      ids: `${ids}producer-${seat}`,
      seed: seed + seat,
      chunks,
      chunkSize,
      interval: duration / chunks,
      beginAt: this.#beginAt,
      patience,
      replicas: arena.replicas,
    };
  }

  #common(
    name: string,
    proxy: number | null,
  ): Omit<WorkerSettings, 'concurrency' | 'lease' | 'gracePeriod' | 'cron'> {
    return {
      redis: this.#options.arena.place(proxy),
      queue: this.#options.keys.queue,
      ledgers: this.#options.ledgers,
      name,
      defect: null,
    };
  }
}

function describeStroke(stroke: Stroke): string {
  return Object.entries(stroke)
    .map(([key, value]) =>
      key === 'kind' ? value : `${key} ${typeof value === 'number' ? Math.round(value) : value}`,
    )
    .join(', ');
}
