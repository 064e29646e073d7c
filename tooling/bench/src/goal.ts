import type { Metric } from './metric.ts';
import type { SystemName } from './systems.ts';

/** What one figure is held against. */
export type Goal =
  /** The best figure of any peer, in the same row or in the one that `of` names. */
  | { readonly kind: 'best-peer'; readonly factor: number; readonly of?: string }
  | { readonly kind: 'system'; readonly system: SystemName; readonly factor: number }
  | { readonly kind: 'absolute'; readonly value: number };

/** Median figures of one metric, by system. */
export type Medians = ReadonlyMap<SystemName, number>;

/** Where a goal finds what it compares with. `null` stands for what was not measured. */
export interface Yardsticks {
  /** The best peer in the row of this id. */
  readonly bestPeer: (id: string) => number | null;
  /** A system in the same row. */
  readonly system: (name: SystemName) => number | null;
}

/** The goal in words: `≥ 1.7 × best peer`. */
export function describeGoal({ better }: Metric, goal: Goal): string {
  const sign = better === 'more' ? '≥' : '≤';
  switch (goal.kind) {
    case 'best-peer':
      return `${sign} ${times(goal.factor)}best peer${goal.of === undefined ? '' : ` without it`}`;
    case 'system':
      return `${sign} ${times(goal.factor)}${goal.system}`;
    case 'absolute':
      return `${sign} ${goal.value.toLocaleString('en')}`;
  }
}

/** The figure that reaches the goal; `null` when what it compares with was not measured. */
export function limitOf({ id }: Metric, goal: Goal, { bestPeer, system }: Yardsticks): number | null {
  switch (goal.kind) {
    case 'best-peer':
      return scaled(bestPeer(goal.of ?? id), goal.factor);
    case 'system':
      return scaled(system(goal.system), goal.factor);
    case 'absolute':
      return goal.value;
  }
}

/** How far `figure` lies on the wrong side of `limit`, as a share of it; 0 or less when it is reached. */
export function shortfall({ better }: Metric, figure: number, limit: number): number {
  const beyond = better === 'more' ? limit - figure : figure - limit;
  if (beyond <= 0 || limit === 0) return beyond;
  return beyond / limit;
}

function times(factor: number): string {
  return factor === 1 ? '' : `${factor} × `;
}

function scaled(figure: number | null, factor: number): number | null {
  return figure === null ? null : figure * factor;
}
