import type { AuditFinding } from '@q/core/wire';

/** Something in a queue that no version of @q leaves like that: keys were deleted, restored or changed by hand. */
export type Finding = (
  | AuditFinding
  /** A key of the queue whose type is another one. Never repaired: find out what else writes to this queue. */
  | { readonly kind: 'wrong-type'; readonly key: string; readonly type: string }
  /** A key below the queue's prefix that this version does not know. Never repaired. */
  | { readonly kind: 'unknown-key'; readonly key: string }
) & { readonly isRepaired: boolean };

export interface AuditReport {
  readonly queue: string;
  /** False when a table of the queue has the wrong type: then nothing that depends on it could be judged. */
  readonly isComplete: boolean;
  /** How many keys and, among them, tasks there were. */
  readonly keys: number;
  readonly tasks: number;
  /** All findings, also those that are not listed. */
  readonly found: number;
  readonly repaired: number;
  readonly counts: Readonly<Partial<Record<Finding['kind'], number>>>;
  /** At most `limit`, in the order of the walk. */
  readonly findings: readonly Finding[];
}

/** Gathers findings, each once: a walk over keys that change may pass one twice. */
export class FindingList {
  readonly findings: Finding[] = [];
  readonly counts: Partial<Record<Finding['kind'], number>> = {};
  found = 0;
  repaired = 0;
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(finding: Finding): void {
    const fingerprint = JSON.stringify(Object.values(finding));
    if (this.#known.has(fingerprint)) return;
    this.#known.add(fingerprint);
    this.found += 1;
    this.repaired += finding.isRepaired ? 1 : 0;
    this.counts[finding.kind] = (this.counts[finding.kind] ?? 0) + 1;
    if (this.findings.length < this.#limit) this.findings.push(finding);
  }
}
