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
  /** Looks into the lists for tasks that should be in one of them; otherwise these are answered as `waiting`. */
  readonly searches: boolean;
  /** No task of the queue is kept for ever. */
  readonly allEnd: boolean;
  /** For workers that hold something and have none, ms. */
  readonly lease: number;
}

export interface AuditReply {
  readonly now: number;
  /** Tasks that should be in a list. */
  readonly waiting: readonly string[];
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
  argv: ({ ids, others, repairs, searches, allEnd, lease }) => [
    ...[repairs, searches, allEnd].map(Number),
    lease,
    ids.length,
    ...others.flatMap(({ kind, name }) => [kind, name]),
  ],
  reply: (raw) => {
    const [now, waiting, findings] = readList(raw, 'audit');
    return {
      now: readNumber(now, 'audit'),
      waiting: readTexts(waiting, 'audit'),
      findings: readFindings(readList(findings, 'audit')),
    };
  },
};
