/** For how long the main loop has shown no sign of life, as another thread sees it. */
export interface Silence {
  /** The counter when it was last looked at. */
  readonly beats: number;
  readonly silentFor: number;
}

/**
 * The silence after another look. `elapsed` and `expected` are the ms since the last one, measured and planned:
 * when the whole process stood still (SIGSTOP, a laptop's lid), both loops did, and the main loop is not to
 * blame for the difference.
 */
export function silenceAfter(before: Silence, beats: number, elapsed: number, expected: number): Silence {
  if (beats !== before.beats) return { beats, silentFor: 0 };
  return { beats, silentFor: before.silentFor + Math.min(elapsed, expected + tolerated) };
}

const tolerated = 1_000;
