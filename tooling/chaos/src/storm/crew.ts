import { type Child, startProducer, startWorker } from '../processes/child.ts';
import type { ProducerSettings, WorkerSettings } from '../processes/settings.ts';

type Settings<Kind> = (name: string, seat: number) => Kind;

export interface CrewOptions {
  readonly workers: number;
  readonly producers: number;
  readonly worker: Settings<WorkerSettings>;
  readonly producer: Settings<ProducerSettings>;
}

/** The processes of a storm. Every seat is filled again at once when its process is killed. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #workers: Child[] = [];
  readonly #producers: Child[] = [];
  readonly #all: Child[] = [];
  /** How those ended that nobody killed. */
  readonly #complaints: string[] = [];
  readonly #generations = new Map<string, number>();

  constructor(options: CrewOptions) {
    this.#options = options;
    for (let seat = 0; seat < options.workers; seat += 1) this.#fillWorker(seat);
    for (let seat = 0; seat < options.producers; seat += 1) this.#fillProducer(seat);
  }

  get complaints(): readonly string[] {
    return this.#complaints;
  }

  worker(seat: number): Child | undefined {
    return this.#workers[seat];
  }

  producer(seat: number): Child | undefined {
    return this.#producers[seat];
  }

  /** @param onDead - called when it was killed and its seat is still empty */
  async killWorker(seat: number, onDead: (name: string) => void): Promise<void> {
    await this.#kill(this.#workers[seat], onDead);
    this.#fillWorker(seat);
  }

  async killProducer(seat: number, onDead: (name: string) => void): Promise<void> {
    const producer = this.#producers[seat];
    if (producer?.hasExited() === true) throw new Error(`${producer.name} has enqueued everything already`);
    await this.#kill(producer, onDead);
    this.#fillProducer(seat);
  }

  /** Resolves when every producer has enqueued its share and was told all that it waited for. */
  async produced(): Promise<void> {
    for (let seat = 0; seat < this.#producers.length; seat += 1) {
      for (let child = this.#producers[seat]; child !== undefined; ) {
        const { code, signal } = await child.exited;
        // By now a killed one may have a successor.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const current = this.#producers[seat];
        if (current === child) {
          if (code !== 0) this.#complain(child, code ?? signal);
          break;
        }
        child = current;
      }
    }
  }

  names(): readonly string[] {
    return this.#workers.filter((child) => !child.hasExited()).map(({ name }) => name);
  }

  async stopWorkers(): Promise<void> {
    for (const child of this.#workers) child.signal('SIGTERM');
    for (const child of this.#workers) {
      const { code, signal } = await child.exited;
      if (code !== 0) this.#complain(child, code ?? signal);
    }
  }

  /** Ends whatever is left, however. */
  async killAll(): Promise<void> {
    for (const child of this.#all) if (!child.hasExited()) child.signal('SIGKILL');
    await Promise.all(this.#all.map((child) => child.exited));
  }

  #fillWorker(seat: number): void {
    this.#workers[seat] = this.#keep(startWorker(this.#options.worker(this.#name('worker', seat), seat)));
  }

  #fillProducer(seat: number): void {
    this.#producers[seat] = this.#keep(
      startProducer(this.#options.producer(this.#name('producer', seat), seat)),
    );
  }

  #keep(child: Child): Child {
    this.#all.push(child);
    return child;
  }

  #name(role: string, seat: number): string {
    const key = `${role}-${seat}`;
    const generation = (this.#generations.get(key) ?? 0) + 1;
    this.#generations.set(key, generation);
    return `${key}.${generation}`;
  }

  /** One that has ended by itself, before this or at the same moment, was not killed. */
  async #kill(child: Child | undefined, onDead: (name: string) => void): Promise<void> {
    if (child === undefined) throw new Error('nobody has this seat');
    child.signal('SIGKILL');
    const { code, signal } = await child.exited;
    if (signal === 'SIGKILL') onDead(child.name);
    else this.#complain(child, code ?? signal);
  }

  #complain(child: Child, how: unknown): void {
    this.#complaints.push(`${child.name} ended with ${String(how)}:\n${child.lastLines()}`);
  }
}
