/** What goes wrong at one command. */
export type Blow =
  /** The process is killed; Redis never sees the command. */
  | { readonly kind: 'killed before' }
  /** Redis executes it; the process is killed before it can use the reply. */
  | { readonly kind: 'killed after' }
  /** Redis executes it; the connection breaks instead of the reply. */
  | { readonly kind: 'reply lost' }
  /** This and all that follows reaches Redis when the lease has long ended and others have taken over; replies too. */
  | { readonly kind: 'held up' }
  /** Redis does not execute it and answers this. */
  | { readonly kind: 'refused'; readonly error: string };

/** One moment in the life of a process: its n-th command of a name. */
export interface CrashPoint {
  /** Name of a script, or of a command in lower case. */
  readonly command: string;
  readonly nth: number;
  readonly blow: Blow;
}

const oom: string = "OOM command not allowed when used memory > 'maxmemory'.";
const noWrites: readonly string[] = [
  "READONLY You can't write against a read only replica.",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
];
const noScript: string = 'NOSCRIPT No matching script. Please use EVAL.';
const anyTime: readonly string[] = [
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'LOADING Redis is loading the dataset in memory',
  'CLUSTERDOWN The cluster is down',
];

/** Commands of a worker that others may have made void while they were on their way. */
const voidable = ['step', 'renew', 'leave', 'fire', 'define'];

/** What a server can say to these; to all others, which touch no key, it says none of it. */
const errorsOf: Readonly<Record<string, readonly string[]>> = {
  blpop: [...anyTime, ...noWrites],
  ...shared(['read', 'held'], [...anyTime, noScript]),
  ...shared(
    ['step', 'join', 'leave', 'renew', 'abort', 'watch', 'unwatch', 'fire'],
    [...anyTime, noScript, ...noWrites],
  ),
  // New work: only these may be refused by a server that is full.
  ...shared(['enqueue', 'define'], [...anyTime, noScript, ...noWrites, oom]),
};

function shared(commands: readonly string[], errors: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(commands.map((command) => [command, errors]));
}

/** Everything that can go wrong at a command. */
export function blowsAt(command: string): readonly Blow[] {
  const errors = errorsOf[command] ?? [];
  return [
    { kind: 'killed before' },
    { kind: 'killed after' },
    { kind: 'reply lost' },
    ...(voidable.includes(command) ? [{ kind: 'held up' } as const] : []),
    ...errors.map((error): Blow => ({ kind: 'refused', error })),
  ];
}

export function describePoint({ command, nth, blow }: CrashPoint): string {
  const what = blow.kind === 'refused' ? `refused with ${blow.error.split(' ', 1)[0]}` : blow.kind;
  return `${command} ${nth}: ${what}`;
}

/** Whether the process has to be replaced. */
export function isDeadly({ kind }: Blow): boolean {
  return kind === 'killed before' || kind === 'killed after';
}

/** Whether others take over what the process held. */
export function costsLease(blow: Blow): boolean {
  return isDeadly(blow) || blow.kind === 'held up';
}
