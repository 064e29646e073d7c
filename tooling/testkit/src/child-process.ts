import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ExpectedItems, expectedItems } from './expected-items.ts';

/** How a child process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Whether a line is the one waited for: it holds the text, matches the pattern, or satisfies the function. */
export type LineMatch = string | RegExp | ((line: string) => boolean);

/** A node process of its own, watched line by line and message by message. */
export interface ChildProcess {
  readonly pid: number;
  /** Resolves when it has ended and everything that it wrote was read. */
  readonly exited: Promise<Exit>;
  /** Everything written to standard output so far, by line. */
  readonly lines: readonly string[];
  /** Everything written to standard error so far, by line. */
  readonly errorLines: readonly string[];
  /** Everything sent by `process.send` so far. */
  readonly messages: readonly unknown[];
  /** Takes the next fitting line of standard output, waiting for it. Rejects with all output when the child ends first. */
  line(wanted: LineMatch): Promise<string>;
  /** Takes the next fitting message that it sent by `process.send`. @default any message */
  message(wanted?: (message: unknown) => boolean): Promise<unknown>;
  send(message: NonNullable<unknown>): void;
  signal(name: NodeJS.Signals): void;
  /** Sends SIGKILL, by process id, and waits for the end. Twice is fine. */
  kill(): Promise<Exit>;
}

export interface ChildOptions {
  /** Added to this process's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Options of node itself. */
  readonly execArgv?: readonly string[];
  /** @default this process's */
  readonly cwd?: string;
}

interface Watched {
  readonly out: ExpectedItems<string>;
  readonly err: ExpectedItems<string>;
  readonly messages: ExpectedItems<unknown>;
}

/** Starts `node entry`. The test that does so must see its end: see the fixture `childProcess`. */
export function startChild(entry: string | URL, options: ChildOptions = {}): ChildProcess {
  const file = entry instanceof URL || entry.startsWith('file:') ? fileURLToPath(entry) : entry;
  const child = spawn(process.execPath, [...(options.execArgv ?? []), file, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const watched = watch(child);
  const exited = whenExited(child, file, watched);
  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  return {
    pid: child.pid ?? -1,
    exited,
    lines: watched.out.all,
    errorLines: watched.err.all,
    messages: watched.messages.all,
    line: (wanted) => watched.out.take(lineFits(wanted)),
    message: (wanted = () => true) => watched.messages.take(wanted),
    send: (message) => {
      child.send(message);
    },
    signal,
    kill: () => {
      signal('SIGKILL');
      return exited;
    },
  };
}

function watch(child: NodeChild): Watched {
  const out = expectedItems<string>();
  const err = expectedItems<string>();
  const messages = expectedItems<unknown>();
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', out.add);
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', err.add);
  child.on('message', messages.add);
  return { out, err, messages };
}

function whenExited(child: NodeChild, file: string, { out, err, messages }: Watched): Promise<Exit> {
  return new Promise((resolve) => {
    const end = (exit: Exit): void => {
      const output = [...out.all, ...err.all].join('\n');
      const reason = (): Error =>
        new Error(
          `${file} ended (code ${exit.code}, signal ${exit.signal}) before what was waited for:\n${output}`,
        );
      out.end(reason);
      messages.end(reason);
      resolve(exit);
    };
    child.once('close', (code, signal) => end({ code, signal }));
    child.once('error', (error) => {
      err.add(String(error));
      if (child.pid === undefined) end({ code: null, signal: null });
    });
  });
}

function lineFits(wanted: LineMatch): (line: string) => boolean {
  if (typeof wanted === 'function') return wanted;
  return typeof wanted === 'string' ? (line) => line.includes(wanted) : (line) => wanted.test(line);
}
