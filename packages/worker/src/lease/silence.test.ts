import { describe, expect, it } from 'vitest';
import { type Silence, silenceAfter } from './silence.ts';

const seen: Silence = { beats: 7, silentFor: 4_000 };

describe('silenceAfter', () => {
  it.each([
    ['a beat ends a silence', 8, 10_000, { beats: 8, silentFor: 0 }],
    [
      'a counter that overflowed is a beat too',
      -2_147_483_648,
      10_000,
      { beats: -2_147_483_648, silentFor: 0 },
    ],
    ['without a beat it grows by the time that passed', 7, 9_000, { beats: 7, silentFor: 13_000 }],
    ['a look that came a little late counts whole', 7, 10_900, { beats: 7, silentFor: 14_900 }],
    [
      'the time in which the process itself stood still is not counted',
      7,
      3_600_000,
      { beats: 7, silentFor: 15_000 },
    ],
  ])('%s', (_rule, beats, elapsed, expected) => {
    expect(silenceAfter(seen, beats, elapsed, 10_000)).toEqual(expected);
  });
});
