/** One row of what must hold under faults, as something that can be played. */
export interface Fault {
  readonly name: string;
  /** What must hold, with its bound. */
  readonly promise: string;
  /**
   * How often, or of how much: in the tests of every change, in the gate, and when it is asked for by name.
   * `small` is `null` where tests beside the code do the same on a small scale, or where only the gate has the time.
   */
  readonly sizes: { readonly small: number | null; readonly gate: number; readonly full: number };
  /** It measures the process of the harness itself, so nothing else may happen there meanwhile. @default false */
  readonly isAlone?: boolean;
  readonly play: (size: number) => Promise<Findings>;
}

export interface Findings {
  /** What was counted and measured; times in ms. */
  readonly figures: Readonly<Record<string, number>>;
  /** What did not hold, in words. */
  readonly broken: readonly string[];
}

/** What is broken unless it is so: `[longest <= 2_000, 'new work flowed after …']`. */
export function unless(
  claims: ReadonlyArray<readonly [holds: boolean, otherwise: string]>,
): readonly string[] {
  return claims.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
}
