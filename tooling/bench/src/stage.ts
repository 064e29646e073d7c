import { randomBytes } from 'node:crypto';
import { Part } from './part.ts';
import { processCpuMicros } from './process-cpu.ts';
import type { Store } from './stores/store.ts';
import type { Place } from './system.ts';
import type { SystemName } from './systems.ts';

const closeLimit = 15_000;

/** CPU time used so far, µs. */
export interface CpuTimes {
  readonly producer: number;
  readonly workers: number;
  readonly store: number;
}

interface Parts {
  readonly producer: Part;
  readonly workers: readonly Part[];
}

export interface StageOptions {
  readonly name: SystemName;
  readonly store: Store;
  /** Folder for CPU profiles; `null` for none. */
  readonly profile: string | null;
  /** Worker processes. @default 2 */
  readonly workers?: number;
}

/** One system with its processes: a store, a producer and workers. The others' processes idle meanwhile. */
export class Stage implements AsyncDisposable {
  readonly name: SystemName;
  readonly store: Store;
  readonly #options: StageOptions;
  #parts: Parts;

  private constructor(options: StageOptions, parts: Parts) {
    this.name = options.name;
    this.store = options.store;
    this.#options = options;
    this.#parts = parts;
  }

  /** Takes `store` over, also when it fails. */
  static async open(options: StageOptions): Promise<Stage> {
    try {
      return new Stage(options, await startParts(options));
    } catch (error) {
      await options.store[Symbol.asyncDispose]();
      throw error;
    }
  }

  get producer(): Part {
    return this.#parts.producer;
  }

  get workers(): readonly Part[] {
    return this.#parts.workers;
  }

  /** Empties the store and opens the producer on a queue of its own. */
  async begin(): Promise<Place> {
    await this.end();
    const place = { url: this.store.url, queue: `bench-${randomBytes(4).toString('hex')}` };
    await this.open(place);
    return place;
  }

  /** Opens the producer at a place of the scenario's own, which may hold something. */
  async open(place: Place): Promise<void> {
    await this.producer.request({ kind: 'close' }, closeLimit);
    await this.producer.request({ kind: 'open', place, concurrency: 0, prefetch: null });
  }

  /** Closes the producer and leaves nothing in the store that could stir while others are measured. */
  async end(): Promise<void> {
    await this.producer.request({ kind: 'close' }, closeLimit);
    await this.store.empty();
  }

  /** New processes in place of those that hang. */
  async restart(): Promise<void> {
    await Promise.all([this.producer, ...this.workers].map((part) => part.kill()));
    await this.store.empty();
    this.#parts = await startParts(this.#options);
  }

  cpu(): CpuTimes {
    return {
      producer: processCpuMicros(this.producer.pid),
      workers: this.workers.reduce((sum, { pid }) => sum + processCpuMicros(pid), 0),
      store: this.store.cpuMicros(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.producer, ...this.workers].map((part) => part.stop()));
    await this.store[Symbol.asyncDispose]();
  }
}

async function startParts({ name, profile, workers: count = 2 }: StageOptions): Promise<Parts> {
  const started: Part[] = [];
  const start = async (part: 'producer' | 'worker'): Promise<Part> => {
    const fresh = await Part.start({ system: name, part, profile });
    started.push(fresh);
    return fresh;
  };
  try {
    const producer = await start('producer');
    const workers: Part[] = [];
    while (workers.length < count) workers.push(await start('worker'));
    return { producer, workers };
  } catch (error) {
    await Promise.all(started.map((part) => part.stop()));
    throw error;
  }
}
