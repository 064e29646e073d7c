import { readNumber, readText, unexpected } from './reply.ts';

/** Where a stranded task is put: into a list, into `due`, or back to the claim that still lists it. */
export type StrandedPlace = 'ready' | 'suspects' | 'due' | 'running';

/** Something in a queue that no version of @q leaves like that: keys were deleted, restored or changed by hand. */
export type AuditFinding =
  /** It waits, and nothing would ever find it. */
  | { readonly kind: 'stranded'; readonly id: string; readonly place: StrandedPlace }
  /** It is held by a worker that has no lease and is not being emptied: nobody would ever take it over. */
  | { readonly kind: 'orphaned'; readonly id: string; readonly worker: string }
  /** It is held by a claim that does not list it: nobody would take it over if its worker died. */
  | { readonly kind: 'unlisted'; readonly id: string; readonly worker: string }
  /** It is held, and its state says that it is due later. */
  | { readonly kind: 'misplaced'; readonly id: string }
  /** It is held, and there is no such task. Left to its worker, whose result will be stored. */
  | { readonly kind: 'missing'; readonly id: string }
  /** It is held, and has ended. */
  | { readonly kind: 'ended'; readonly id: string }
  /** It holds a lock by its claim, and the lock is free. */
  | { readonly kind: 'unlocked'; readonly id: string; readonly lock: string }
  /** Something is kept of a task that has ended, does not exist, or is not due. */
  | {
      readonly kind: 'dangling';
      readonly id: string;
      readonly table: 'due' | 'tries' | 'aborts' | 'watch' | 'history';
    }
  /** It has ended, and stays for ever. */
  | { readonly kind: 'endless'; readonly id: string; readonly key: 'task' | 'history' }
  /** Its first byte is none that this version knows. */
  | { readonly kind: 'unreadable'; readonly id: string }
  /** A lock that nobody holds. It stands in nobody's way, and stays. */
  | { readonly kind: 'unheld'; readonly lock: string }
  /** Keys of a worker that has left and holds nothing. */
  | { readonly kind: 'departed'; readonly worker: string }
  /** A schedule that has only a definition, or only a next slot. */
  | { readonly kind: 'halved'; readonly name: string; readonly missing: 'definition' | 'slot' }
  /** More than one token in the bell. */
  | { readonly kind: 'ringing'; readonly tokens: number };

/** A finding, and whether a repair deals with it. */
export interface JudgedFinding {
  readonly finding: AuditFinding;
  readonly isRepairable: boolean;
}

export function readFindings(flat: readonly unknown[]): readonly JudgedFinding[] {
  const findings: JudgedFinding[] = [];
  for (let at = 0; at < flat.length; at += 4) {
    const [kind = '', name = '', detail = ''] = flat.slice(at, at + 3).map((item) => readText(item, 'audit'));
    findings.push({
      finding: readFinding(kind, name, detail),
      isRepairable: readNumber(flat[at + 3], 'audit') === 1,
    });
  }
  return findings;
}

function readFinding(kind: string, name: string, detail: string): AuditFinding {
  switch (kind) {
    case 'stranded':
      return { kind, id: name, place: oneOf(['ready', 'suspects', 'due', 'running'], detail) };
    case 'orphaned':
    case 'unlisted':
      return { kind, id: name, worker: detail };
    case 'misplaced':
    case 'missing':
    case 'ended':
    case 'unreadable':
      return { kind, id: name };
    case 'unlocked':
      return { kind, id: name, lock: detail };
    case 'dangling':
      return { kind, id: name, table: oneOf(['due', 'tries', 'aborts', 'watch', 'history'], detail) };
    case 'endless':
      return { kind, id: name, key: oneOf(['task', 'history'], detail) };
    case 'unheld':
      return { kind, lock: name };
    case 'departed':
      return { kind, worker: name };
    case 'halved':
      return { kind, name, missing: oneOf(['definition', 'slot'], detail) };
    case 'ringing':
      return { kind, tokens: readNumber(detail, 'audit') };
  }
  throw unexpected('audit', kind);
}

function oneOf<const Text extends string>(known: readonly Text[], text: string): Text {
  const found = known.find((one) => one === text);
  if (found === undefined) throw unexpected('audit', text);
  return found;
}
