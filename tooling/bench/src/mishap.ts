import type { SystemName } from './systems.ts';

/** Thrown when nothing more came of a system within its time. */
export class HungError extends Error {
  override readonly name = 'HungError';
  readonly code = 'BENCH_HUNG';
}

/** A round of one system that yielded no figures. */
export interface Mishap {
  readonly system: SystemName;
  /** Name of the scenario. */
  readonly scenario: string;
  readonly round: number;
  readonly kind: 'hung' | 'failed';
  readonly reason: string;
}

/** In a few words, for a table: `hung in 2 of 5 rounds`. */
export function describeMishaps(mishaps: readonly Mishap[], rounds: number): string {
  const kinds = new Set(mishaps.map(({ kind }) => kind));
  return `${[...kinds].join(' or ')} in ${mishaps.length} of ${rounds} rounds`;
}
