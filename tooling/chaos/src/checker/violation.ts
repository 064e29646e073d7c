import type { Facts } from './facts.ts';
import type { QueueState } from './queue-state.ts';

/** Something that was promised and did not hold. */
export interface Violation {
  readonly rule: string;
  /** The task that it is about, if it is about one. */
  readonly id: string | null;
  readonly what: string;
}

/** What is judged: what the processes wrote down, and what Redis has in the end, with every worker stopped. */
export interface Evidence {
  readonly facts: Facts;
  readonly state: QueueState;
}

/** One promise. Answers where it was broken, in words. */
export interface Rule {
  /** The promise as a sentence. */
  readonly name: string;
  readonly check: (evidence: Evidence) => Iterable<Breach>;
}

export interface Breach {
  readonly id: string | null;
  readonly what: string;
}
