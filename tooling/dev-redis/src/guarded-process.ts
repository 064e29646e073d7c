import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that ends with the one that started it, however that one ends. */
export interface GuardedProcess {
  readonly pid: number;
  /** Resolves when it is gone. Never rejects. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** What it wrote last, for messages. */
  readonly lastLines: () => string;
  /** Resolves with the first line, from its start on, that holds `text`; rejects when it ends before. */
  readonly wrote: (text: string) => Promise<string>;
  /** Ends it as the death of the parent would. */
  readonly kill: () => void;
}

export interface GuardedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Shell text run when the parent is gone, after the process was killed. */
  readonly onOrphaned: string;
}

// The shell's standard input is a pipe that only the parent holds open: its end means that the parent is gone, also
// after a SIGKILL, which no exit handler sees. The command is the shell's child, so no moment is left unwatched.
const guard = (onOrphaned: string): string => `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "guarded: $server"
{ read -r nothing <&3; trap '' TERM; kill -KILL $server; ${onOrphaned}; } >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $server
status=$?
kill $guard 2>/dev/null
exit $status
`;

const keptLines = 40;

/** Starts a command under the guard. It does not keep this process from ending. */
export async function startGuarded({ file, args, onOrphaned }: GuardedCommand): Promise<GuardedProcess> {
  const shell = spawn('sh', ['-c', guard(onOrphaned), 'sh', file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl-C in a terminal is for the program, not for its Redis
  });
  let gone = false;
  const ended = once(shell, 'close')
    .catch(() => undefined)
    .then(() => {
      gone = true;
    });
  const output = collectLines(shell);
  const wrote = (text: string): Promise<string> => output.find(text, ended);
  // It writes too, and perhaps before the shell does.
  const pid = Number((await wrote('guarded: ')).split(' ')[1]);
  unref(shell);
  const kill = (): void => {
    shell.stdin.destroy();
  };
  return { pid, ended, hasEnded: () => gone, lastLines: output.last, wrote, kill };
}

interface Output {
  readonly last: () => string;
  readonly find: (text: string, ended: Promise<void>) => Promise<string>;
}

function collectLines({ stdout, stderr }: ChildProcess): Output {
  const lines: string[] = [];
  const seekers = new Set<(line: string) => void>();
  for (const stream of [stdout, stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      for (const seek of seekers) seek(line);
    });
  }
  const last = (): string => lines.join('\n');
  const find = (text: string, ended: Promise<void>): Promise<string> =>
    new Promise((resolve, reject) => {
      const written = lines.find((line) => line.includes(text));
      if (written !== undefined) return resolve(written);
      const seek = (line: string): void => {
        if (!line.includes(text)) return;
        seekers.delete(seek);
        resolve(line);
      };
      seekers.add(seek);
      void ended.then(() => reject(new Error(`it ended before it wrote "${text}":\n${last()}`)));
    });
  return { last, find };
}

function unref(shell: ChildProcess): void {
  shell.unref();
  for (const stream of shell.stdio) {
    if (stream !== null && stream !== undefined && 'unref' in stream && typeof stream.unref === 'function')
      stream.unref();
  }
}
