import { describe, expect, it } from 'vitest';
import { describeGoal, type Goal, limitOf, shortfall, type Yardsticks } from './goal.ts';
import { targets } from './goals.ts';
import type { Metric } from './metric.ts';
import { scenarios } from './scenarios.ts';

const rate: Metric = { id: 'rate', metric: 'drain', unit: 'tasks/s', better: 'more' };
const cpu: Metric = { id: 'cpu', metric: 'CPU', unit: 'µs', better: 'less' };
const measured: Yardsticks = {
  bestPeer: (id) => ({ rate: 1_000, other: 200 })[id] ?? null,
  system: (name) => (name === 'bullmq' ? 400 : null),
};

describe('a goal', () => {
  it.each<[string, Metric, Goal, number | null]>([
    ['≥ 1.5 × best peer', rate, { kind: 'best-peer', factor: 1.5 }, 1_500],
    ['≤ best peer', cpu, { kind: 'best-peer', factor: 1 }, null],
    ['≥ 6 × best peer without it', rate, { kind: 'best-peer', factor: 6, of: 'other' }, 1_200],
    ['≥ 3.5 × bullmq', rate, { kind: 'system', system: 'bullmq', factor: 3.5 }, 1_400],
    ['≥ 0.8 × floor', rate, { kind: 'system', system: 'floor', factor: 0.8 }, null],
    ['≤ 1,450', cpu, { kind: 'absolute', value: 1_450 }, 1_450],
  ])('%s is a limit, or none without what it compares with', (words, metric, goal, limit) => {
    expect(describeGoal(metric, goal)).toBe(words);
    expect(limitOf(metric, goal, measured)).toBe(limit);
  });

  it('is missed by a share of the limit, on the wrong side of it only', () => {
    expect(shortfall(rate, 750, 1_000)).toBe(0.25);
    expect(shortfall(rate, 1_001, 1_000)).toBeLessThanOrEqual(0);
    expect(shortfall(cpu, 12, 10)).toBeCloseTo(0.2);
    expect(shortfall(cpu, 10, 10)).toBeLessThanOrEqual(0);
  });
});

describe('the scenarios', () => {
  const ids = scenarios.flatMap(({ metrics }) => metrics.map(({ id }) => id));

  it('share no id', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('measure everything that has a goal', () => {
    expect(Object.keys(targets).filter((id) => !ids.includes(id))).toEqual([]);
    const others = Object.values(targets).flatMap(({ goals }) => goals.flatMap((goal) => otherRowOf(goal)));
    expect(others.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

function otherRowOf(goal: Goal): readonly string[] {
  return goal.kind === 'best-peer' && goal.of !== undefined ? [goal.of] : [];
}
