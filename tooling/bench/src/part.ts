import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, type Figures, isMessage, type Message, type Progress } from './messages.ts';
import { HungError } from './mishap.ts';
import type { SystemName } from './systems.ts';

/** Ms after which a process that does not answer counts as hung. */
const requestLimit = 60_000;
const exitLimit = 5_000;

export interface PartOptions {
  readonly system: SystemName;
  readonly part: 'producer' | 'worker';
  /** Folder for CPU profiles, written when the process ends. */
  readonly profile: string | null;
}

/** One process of a system under measurement. It ends with this process, however this process ends. */
export class Part {
  readonly pid: number;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #onMessage: ((message: Message) => void) | undefined;
  #onProgress: ((progress: Progress) => void) | undefined;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    this.pid = child.pid ?? -1;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.on('message', (message) => this.#receive(message));
  }

  static async start({ system, part, profile }: PartOptions): Promise<Part> {
    const entry = fileURLToPath(new URL(`../dist/processes/${part}.js`, import.meta.url));
    const profiling =
      profile === null
        ? []
        : [
            '--cpu-prof',
            `--cpu-prof-dir=${profile}`,
            `--cpu-prof-name=${system}-${part}-${Date.now()}.cpuprofile`,
          ];
    const child = fork(entry, [system], {
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: ['--expose-gc', ...profiling],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new Part(`${system} ${part}`, child);
    await started.#next('start');
    return started;
  }

  /** Has one thing done; rejects when it failed, when the process ended, and with {@link HungError} after `limit` ms. */
  request(command: Command, limit: number = requestLimit): Promise<Figures> {
    if (!this.#child.connected) return Promise.reject(new Error(`${this.#name}: the process has ended`));
    const answer = this.#next(command.kind, limit);
    this.#child.send(command);
    return answer;
  }

  onProgress(listener: ((progress: Progress) => void) | undefined): void {
    this.#onProgress = listener;
  }

  /** Ends the process at once, whatever it does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends the process; kills it when it does not end. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), exitLimit);
    this.#child.send({ kind: 'exit' }, () => undefined);
    await this.#ended;
    clearTimeout(killing);
  }

  #receive(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.kind === 'progress') this.#onProgress?.(message);
    else this.#onMessage?.(message);
  }

  #next(asked: string, ms: number = requestLimit): Promise<Figures> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(limit);
        this.#child.off('exit', onExit);
        this.#onMessage = undefined;
        settle();
      };
      const fail = (reason: string): void =>
        end(() => reject(new Error(`${this.#name}, ${asked}: ${reason}`)));
      const hang = (): void =>
        end(() => reject(new HungError(`${this.#name}, ${asked}: no answer within ${ms} ms`)));
      const onExit = (): void => fail('the process ended');
      const limit = setTimeout(hang, ms);
      this.#child.once('exit', onExit);
      this.#onMessage = (message) => {
        if (message.kind === 'failed') fail(message.reason);
        else end(() => resolve(message.kind === 'done' ? message.figures : {}));
      };
    });
  }
}
