/** What is hoped for. A goal that compares with peers can be judged once there are peers. */
export type Goal =
  | { readonly kind: 'best-peer'; readonly factor: number }
  | { readonly kind: 'absolute'; readonly value: number };

/** A figure that a scenario yields. */
export interface Metric {
  /** Unique over all scenarios. */
  readonly id: string;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly goal: Goal | null;
}

/** The goal in words: `≥ 1.7 × best peer`. */
export function describeGoal({ goal, better }: Metric): string | null {
  if (goal === null) return null;
  const sign = better === 'more' ? '≥' : '≤';
  switch (goal.kind) {
    case 'best-peer':
      return goal.factor === 1 ? `${sign} best peer` : `${sign} ${goal.factor} × best peer`;
    case 'absolute':
      return `${sign} ${goal.value.toLocaleString('en')}`;
  }
}

/** Whether `figure` reaches the goal; `null` when that cannot be said. */
export function isMet(
  { goal, better }: Metric,
  figure: number | null,
  bestPeer: number | null,
): boolean | null {
  if (goal === null || figure === null) return null;
  const limit = goal.kind === 'absolute' ? goal.value : bestPeer === null ? null : bestPeer * goal.factor;
  if (limit === null) return null;
  return better === 'more' ? figure >= limit : figure <= limit;
}
