import { describe, expect, it } from 'vitest';
import { describeGoal, isMet, type Metric } from './metric.ts';
import { withSection } from './readme.ts';
import { type Measured, rowOf } from './rows.ts';
import { scenarios } from './scenarios.ts';
import { showFigure, tableOf } from './table.ts';

const rate: Metric = {
  id: 'rate',
  metric: 'drain',
  unit: 'tasks/s',
  better: 'more',
  goal: { kind: 'best-peer', factor: 1.5 },
};
const cpu: Metric = {
  id: 'cpu',
  metric: 'CPU',
  unit: 'µs',
  better: 'less',
  goal: { kind: 'absolute', value: 10 },
};
const measured: Measured = {
  metric: cpu,
  figures: new Map([
    ['q', [12, 8, 9]],
    ['floor', [6, 6, 7]],
  ]),
};

describe('a row', () => {
  it('has medians, their ratio and the goal, and every field that a reader of the JSON counts on', () => {
    expect(rowOf(measured)).toEqual({
      metric: 'CPU',
      unit: 'µs',
      q: 9,
      peers: {},
      floor: 6,
      ratioToBestPeer: null,
      ratioToFloor: 1.5,
      goal: '≤ 10',
      met: true,
    });
  });

  it('says null of what was not measured, and JSON keeps it', () => {
    const row = rowOf({ metric: rate, figures: new Map([['q', [Number.NaN]]]) });
    expect(JSON.parse(JSON.stringify(row))).toEqual({
      metric: 'drain',
      unit: 'tasks/s',
      q: null,
      peers: {},
      floor: null,
      ratioToBestPeer: null,
      ratioToFloor: null,
      goal: '≥ 1.5 × best peer',
      met: null,
    });
  });
});

describe('a goal', () => {
  it('that compares with peers is not judged without them', () => {
    expect(isMet(rate, 1_000, null)).toBeNull();
    expect(isMet(rate, 1_000, 600)).toBe(true);
    expect(isMet(rate, 1_000, 700)).toBe(false);
  });

  it('is an upper bound where less is better', () => {
    expect(isMet(cpu, 10, null)).toBe(true);
    expect(isMet(cpu, 10.1, null)).toBe(false);
    expect(describeGoal({ ...cpu, goal: { kind: 'best-peer', factor: 1 } })).toBe('≤ best peer');
  });
});

describe('the table', () => {
  it('shows medians with their extremes, and leaves out the peers while there are none', () => {
    expect(tableOf([measured])).toBe(
      [
        '|  | **@q** | floor | @q ÷ floor | goal | met |',
        '| --- | ---: | ---: | ---: | --- | --- |',
        '| CPU, µs | 9 (8–12) | 6 (6–7) | 1.5 | ≤ 10 | yes |',
      ].join('\n'),
    );
  });

  it('keeps three digits', () => {
    expect([74_123, 0.29649, 1, null].map(showFigure)).toEqual(['74,100', '0.296', '1', '–']);
  });
});

describe('the README', () => {
  const section = { table: '| t |', versions: { node: '20' }, command: 'pnpm bench all', date: '2026-01-31' };

  it('changes between its marks and nowhere else', () => {
    const before = 'a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nz\n';
    const after = withSection(before, section);
    expect(after).toMatch(
      /^a\n<!-- bench:begin -->\n\| t \|\n\n.*2026-01-31 by `pnpm bench all`: node 20\.\n<!-- bench:end -->\nz\n$/,
    );
    expect(withSection(after, section)).toBe(after);
  });

  it('without marks is left alone', () => {
    expect(() => withSection('a', section)).toThrow('bench:begin');
  });
});

it('no two metrics share an id', () => {
  const ids = scenarios.flatMap(({ metrics }) => metrics.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});
