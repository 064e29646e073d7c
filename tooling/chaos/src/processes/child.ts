import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clockSkew } from '@q/testkit/clock-skew';
import type { Said } from './say.ts';
import {
  type ChildSettings,
  type ClientSettings,
  environmentOf,
  type ProducerSettings,
  type WorkerSettings,
} from './settings.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that the harness started and may kill. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Resolves when it has been loaded, which may take long on a busy machine, or has ended. */
  readonly running: Promise<void>;
  readonly hasExited: () => boolean;
  /** What it wrote to standard error last. */
  readonly lastLines: () => string;
  readonly onSaid: (listener: (said: Said) => void) => void;
  readonly signal: (name: NodeJS.Signals) => void;
  /** A worker that stands by joins. Twice is fine, and so is one that has ended. */
  readonly call: () => void;
}

const keptLines = 30;

/** @param skew - added to the clock of the process and its threads, ms. @default 0 */
export function startWorker(settings: WorkerSettings, skew = 0): Child {
  return startChild('worker', settings, skew);
}

export function startClient(settings: ClientSettings): Child {
  return startChild('client', settings);
}

export function startProducer(settings: ProducerSettings): Child {
  return startChild('producer', settings);
}

function startChild(entry: 'worker' | 'client' | 'producer', settings: ChildSettings, skew = 0): Child {
  const { execArgv, env } = clockSkew(skew);
  const child = spawn(process.execPath, [...execArgv, entryFile(entry)], {
    env: { ...process.env, ...environmentOf(settings), ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  };
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', keep);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
    });
  });
  const running = new Promise<void>((resolve) => {
    void exited.then(() => resolve());
    child.on('message', ({ kind }: Said) => {
      if (kind === 'running') resolve();
    });
  });
  return {
    name: settings.name,
    pid: child.pid ?? -1,
    exited,
    running,
    hasExited: () => exit !== undefined,
    lastLines: () => lines.join('\n'),
    onSaid: (listener) => void child.on('message', (message: Said) => listener(message)),
    signal: (name) => void child.kill(name),
    call: () => void (child.connected && child.send('join')),
  };
}

/** The compiled one, whether this file itself is compiled or not. */
function entryFile(entry: string): string {
  return fileURLToPath(new URL(`../../dist/processes/${entry}.js`, import.meta.url));
}
