import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TourError } from './tour-error.ts';

/** A process of the demo: the worker, or the web backend. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  /** What it wrote to standard output so far. */
  readonly lines: readonly string[];
  /** Rejects when it ends before it is told to. */
  readonly died: Promise<never>;
  /** The first line, from its start on, that fits. Rejects when it ends before, and after 60 s. */
  line(pattern: RegExp): Promise<string>;
  /** Sends SIGTERM. @throws TourError unless it ends with exit code 0 within 60 s. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly name: string;
  /** The URL of the program. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: ((line: string) => void) | undefined;
}

const longestWait = 60_000;

/** Starts a service in a process of its own. */
export function startService({ name, entry, env, onLine }: ServiceOptions): Service {
  const guard = new URL('./end-with-parent.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', guard, fileURLToPath(entry)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true, // Ctrl-C is for the tour, which then stops its services in order
  });
  return new RunningService(name, child, onLine);
}

class RunningService implements Service {
  readonly name: string;
  readonly pid: number;
  readonly lines: string[] = [];
  readonly died: Promise<never>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #seekers = new Set<(line: string) => void>();
  #isStopping = false;

  constructor(name: string, child: ChildProcess, onLine: ((line: string) => void) | undefined) {
    this.name = name;
    this.pid = child.pid ?? -1;
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    });
    this.died = this.#exited.then((how) => {
      // After stop() its end is no surprise: that promise stays open.
      if (this.#isStopping) return new Promise<never>(() => undefined);
      throw new TourError(`${name} (process ${this.pid}) ended by itself with ${how}`);
    });
    this.died.catch(() => undefined);
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      onLine?.(line);
      for (const seek of this.#seekers) seek(line);
    });
  }

  line(pattern: RegExp): Promise<string> {
    const written = this.lines.find((line) => pattern.test(line));
    if (written !== undefined) return Promise.resolve(written);
    const found = new Promise<string>((resolve) => {
      const seek = (line: string): void => {
        if (pattern.test(line)) resolve(line);
      };
      this.#seekers.add(seek);
    });
    return Promise.race([found, this.died, tooLate(`${this.name} did not write a line like ${pattern}`)]);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.kill('SIGTERM');
    try {
      const how = await Promise.race([this.#exited, tooLate(`${this.name} did not end after SIGTERM`)]);
      if (how !== 'exit code 0')
        throw new TourError(
          `${this.name} (process ${this.pid}) was stopped by SIGTERM and ended with ${how}`,
        );
    } finally {
      this.#child.kill('SIGKILL');
    }
  }
}

function tooLate(message: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new TourError(`${message} within ${longestWait / 1_000} s`)),
      longestWait,
    ).unref();
  });
}
