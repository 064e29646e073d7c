import { type JudgedFinding, readFindings } from './audit-finding.ts';
import { readList, readNumber, readTexts } from './reply.ts';
import type { Script } from './script.ts';

/** Something beside tasks that an audit judges. */
export interface AuditSubject {
  readonly kind: 'worker' | 'lock' | 'schedule';
  readonly name: string;
}

export interface AuditInput {
  /** Tasks, whether they are there or not. With `others` at most 200. */
  readonly ids: readonly string[];
  readonly others: readonly AuditSubject[];
  /** Puts right what is found. */
  readonly repairs: boolean;
  readonly lists: AuditedLists;
  /** No task of the queue is kept for ever. */
  readonly allEnd: boolean;
  /** For workers that hold something and have none, ms. */
  readonly lease: number;
}

/**
 * What is done about tasks that should be in a list. They are answered as `waiting`; or those that were in none during a
 * whole walk are looked for among what is claimed next, unless they have moved since; or they are known to be in none.
 */
export type AuditedLists =
  | { readonly kind: 'unread' }
  /** `records`: as `waiting` had them, one for each of the ids. */
  | { readonly kind: 'search' | 'searched'; readonly records: readonly string[] };

export interface AuditReply {
  readonly now: number;
  /** Tasks that should be in a list, and the record of their tries, as it is stored. */
  readonly waiting: ReadonlyMap<string, string>;
  readonly findings: readonly JudgedFinding[];
}

export const audit: Script<AuditInput, AuditReply> = {
  name: 'audit',
  keys: (keys, { ids }) => [
    keys.running,
    keys.ready,
    keys.suspects,
    keys.due,
    keys.tries,
    keys.aborts,
    keys.watch,
    keys.unique,
    keys.workers,
    keys.dead,
    keys.bell,
    keys.schedules,
    keys.schedulesDue,
    ...ids.map(keys.task),
  ],
  argv: ({ ids, others, repairs, lists, allEnd, lease }) => [
    Number(repairs),
    lists.kind === 'unread' ? '' : lists.kind,
    Number(allEnd),
    lease,
    ids.length,
    ...(lists.kind === 'unread' ? [] : lists.records),
    ...others.flatMap(({ kind, name }) => [kind, name]),
  ],
  reply: (raw) => {
    const [now, waiting, findings] = readList(raw, 'audit');
    return {
      now: readNumber(now, 'audit'),
      waiting: readPairs(readTexts(waiting, 'audit')),
      findings: readFindings(readList(findings, 'audit')),
    };
  },
};

function readPairs(flat: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.set(flat[at] ?? '', flat[at + 1] ?? '');
  return pairs;
}
