import { describe, expect, it } from 'vitest';
import { describeMishaps, type Mishap } from './mishap.ts';
import { withSection } from './readme.ts';
import { type Measured, rowOf, rowsOf, verdictsOf } from './rows.ts';
import { sizes } from './size.ts';
import type { SystemName } from './systems.ts';
import { shortTableOf, showFigure, tableOf } from './table.ts';

interface Given {
  readonly id: string;
  readonly better: 'more' | 'less';
  readonly figures: Partial<Record<SystemName, readonly number[]>>;
  readonly notes?: Partial<Record<SystemName, string>>;
}

function measuredAs({ id, better, figures, notes = {} }: Given): Measured {
  return {
    metric: { id, metric: id, unit: 'tasks/s', better },
    chapter: 'Chapter',
    figures: new Map(Object.entries(figures) as [SystemName, readonly number[]][]),
    notes: new Map(Object.entries(notes) as [SystemName, string][]),
  };
}

const cpu = measuredAs({ id: 'cost-redis', better: 'less', figures: { q: [12, 8, 9], floor: [6, 6, 7] } });
const drain = measuredAs({
  id: 'drain-32',
  better: 'more',
  figures: {
    q: [70, 80, 75],
    bullmq: [20, 21, 19],
    'bee-queue': [30],
    'graphile-worker': [300],
    floor: [100],
  },
  notes: { groupmq: 'hung in 2 of 2 rounds' },
});

describe('a row', () => {
  it('has medians, their ratio and the goal, and every field that a reader of the JSON counts on', () => {
    expect(rowOf(cpu)).toEqual({
      metric: 'cost-redis',
      unit: 'tasks/s',
      q: 9,
      peers: {},
      floor: 6,
      ratioToBestPeer: null,
      ratioToFloor: 1.5,
      goal: '≤ 10',
      met: true,
    });
  });

  it('compares with the best peer on Redis, shows queues elsewhere, and tells who hung', () => {
    expect(rowOf(drain)).toEqual({
      metric: 'drain-32',
      unit: 'tasks/s',
      q: 75,
      peers: { bullmq: 20, 'bee-queue': 30 },
      elsewhere: { 'graphile-worker': 300 },
      floor: 100,
      ratioToBestPeer: 2.5,
      ratioToFloor: 0.75,
      goal: '≥ 2.5 × best peer, ≥ 3.5 × bullmq',
      met: true,
      notes: { groupmq: 'hung in 2 of 2 rounds' },
    });
  });

  it('meets its goal only when it reaches all of them', () => {
    const slower = measuredAs({ id: 'drain-32', better: 'more', figures: { q: [60], bullmq: [20] } });
    expect(verdictsOf(slower, [slower])).toEqual([
      { goal: '≥ 2.5 × best peer', isRelative: true, limit: 50, missedBy: 0 },
      { goal: '≥ 3.5 × bullmq', isRelative: true, limit: 70, missedBy: (70 - 60) / 70 },
    ]);
    expect(rowOf(slower).met).toBe(false);
  });

  it('is not judged without what its goal compares with', () => {
    const alone = measuredAs({ id: 'drain-32', better: 'more', figures: { q: [60] } });
    expect(rowOf(alone).met).toBeNull();
  });

  it('may be held against the peers of another row', () => {
    const ahead = measuredAs({ id: 'drain-1-prefetch', better: 'more', figures: { q: [59] } });
    const one = measuredAs({ id: 'drain-1', better: 'more', figures: { q: [12], bullmq: [10] } });
    expect(rowsOf([one, ahead]).map(({ met }) => met)).toEqual([false, false]);
    expect(verdictsOf(ahead, [one, ahead])[0]?.limit).toBe(60);
  });

  it('says null of what was not measured, and JSON keeps it', () => {
    const nothing = measuredAs({ id: 'drain-32', better: 'more', figures: { q: [Number.NaN] } });
    expect(JSON.parse(JSON.stringify(rowOf(nothing)))).toMatchObject({ q: null, floor: null, met: null });
  });
});

describe('the table', () => {
  it('shows medians with their extremes, and leaves out the ratio to peers while there are none', () => {
    expect(tableOf([cpu])).toBe(
      [
        '|  | **@q** | floor | @q ÷ floor | goal | met |',
        '| --- | ---: | ---: | ---: | --- | --- |',
        '| cost-redis, tasks/s | 9 (8–12) | 6 (6–7) | 1.5 | ≤ 10 | yes |',
      ].join('\n'),
    );
  });

  it('has a column for whoever hung', () => {
    expect(tableOf([drain])).toContain('| hung in 2 of 2 rounds |');
  });

  it('in short names the best peer', () => {
    expect(shortTableOf([drain])).toContain(
      '| drain-32, tasks/s | 75 | 30 (bee-queue) | 100 | 2.5 | 0.75 | ≥ 2.5 × best peer, ≥ 3.5 × bullmq | yes |',
    );
  });

  it('keeps three digits', () => {
    expect([74_123, 0.29649, 1, null].map(showFigure)).toEqual(['74,100', '0.296', '1', '–']);
  });
});

it('a mishap is told with how often it happened', () => {
  const hung: Mishap = { system: 'groupmq', scenario: 's', round: 0, kind: 'hung', reason: '' };
  expect(describeMishaps([hung], 3)).toBe('hung in 1 of 3 rounds');
  expect(describeMishaps([hung, { ...hung, kind: 'failed' }], 3)).toBe('hung or failed in 2 of 3 rounds');
});

describe('the README', () => {
  const versions = { node: '20', settings: { node: 'x' }, size: sizes.quick };
  const section = { table: '| t |', versions, command: 'pnpm bench all', date: '2026-01-31' };

  it('changes between its marks and nowhere else', () => {
    const before = 'a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nz\n';
    const after = withSection(before, section);
    expect(after).toMatch(
      /^a\n<!-- bench:begin -->\n\| t \|\n\n.*2026-01-31 by `pnpm bench all`: node 20\. .*\n<!-- bench:end -->\nz\n$/,
    );
    expect(withSection(after, section)).toBe(after);
  });

  it('without marks is left alone', () => {
    expect(() => withSection('a', section)).toThrow('bench:begin');
  });
});
