/** What goes wrong at one command. */
export type Blow =
  /** The process is killed; Redis never sees the command. */
  | { readonly kind: 'killed before' }
  /** Redis executes it; the process is killed before it can use the reply. */
  | { readonly kind: 'killed after' }
  /** Redis executes it; the connection breaks instead of the reply. */
  | { readonly kind: 'reply lost' }
  /** Redis does not execute it and answers this. */
  | { readonly kind: 'refused'; readonly error: string };

/** One moment in the life of a process: its n-th command of a name. */
export interface CrashPoint {
  /** Name of a script, or of a command in lower case. */
  readonly command: string;
  readonly nth: number;
  readonly blow: Blow;
}

/** As servers word them. */
const errors: readonly string[] = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'LOADING Redis is loading the dataset in memory',
  'NOSCRIPT No matching script. Please use EVAL.',
  'CLUSTERDOWN The cluster is down',
];

export const blows: readonly Blow[] = [
  { kind: 'killed before' },
  { kind: 'killed after' },
  { kind: 'reply lost' },
  ...errors.map((error): Blow => ({ kind: 'refused', error })),
];

export function describePoint({ command, nth, blow }: CrashPoint): string {
  const what = blow.kind === 'refused' ? `refused with ${blow.error.split(' ', 1)[0]}` : blow.kind;
  return `${command} ${nth}: ${what}`;
}

/** Whether the process has to be replaced. */
export function isDeadly({ kind }: Blow): boolean {
  return kind === 'killed before' || kind === 'killed after';
}
