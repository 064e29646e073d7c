/** ms by which the clock of a process is wrong. */
export const skewVariable = 'Q_TEST_CLOCK_SKEW';

/** What node has to be started with. */
export interface SkewedStart {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Makes the clock of a process and of its threads wrong by so many ms. */
export function clockSkew(ms: number): SkewedStart {
  if (ms === 0) return { execArgv: [], env: {} };
  // The compiled one, whether this file itself is compiled or not.
  const file = new URL('../dist/skewed-clock.js', import.meta.url);
  return { execArgv: ['--import', file.href], env: { [skewVariable]: String(ms) } };
}
