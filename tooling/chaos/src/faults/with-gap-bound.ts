import { type Findings, unless } from './fault.ts';

/** Longest stretch without a write, ms. */
const bound = 5_000;

/** What strokes against a master came to, judged by how long no write was taken. */
export function withGapBound({ figures, broken }: Findings): Findings {
  const gaps = Object.entries(figures).filter(([name]) => name.endsWith(', ms'));
  const late = gaps.map(([name, ms]): readonly [boolean, string] => [ms <= bound, `${name}: ${ms}`]);
  const unmeasured = unless([[gaps.length > 0, 'no gap was measured']]);
  return { figures: { ...figures, bound }, broken: [...broken, ...unless(late), ...unmeasured] };
}
