import { describe, expect, it } from 'vitest';
import { type Page, pageOf } from './page.ts';
import { reasonFor } from './reasons.ts';
import type { Measured } from './rows.ts';
import { sizes } from './size.ts';
import type { SystemName } from './systems.ts';

function measured(id: string, chapter: string, figures: readonly [SystemName, number][]): Measured {
  return {
    metric: { id, metric: `metric ${id}`, unit: 'tasks/s', better: 'more' },
    chapter,
    figures: new Map(figures.map(([system, figure]) => [system, [figure]])),
    notes: new Map([['groupmq', 'hung in 2 of 2 rounds']]),
  };
}

function pageWith(rows: readonly Measured[]): Page {
  const versions = { node: '20.1.0', settings: { bullmq: 'defaults' }, size: sizes.all };
  return pageOf({ measured: rows, versions, command: 'pnpm bench all', date: '2026-01-31' });
}

describe('the page', () => {
  const drain = measured('drain-100', 'Drain', [
    ['q', 270],
    ['bullmq', 100],
    ['floor', 400],
  ]);
  const prefetch = measured('drain-1-prefetch', 'Drain', [['floor', 50]]);
  const enqueue = measured('enqueue-bulk', 'Enqueue', [
    ['q', 210],
    ['bullmq', 100],
  ]);
  const { markdown, charts } = pageWith([enqueue, drain, prefetch]);

  it('says of each goal whether it is reached, and by how much it is missed', () => {
    expect(markdown).toContain(
      '| metric enqueue-bulk, tasks/s | 210 | 2.1 | – | ≥ 2 × best peer | yes, with a limit of 200 | ≥ 0.8 × floor: nothing to compare with |',
    );
    expect(markdown).toContain(
      '≥ 3 × best peer | **missed by 10 %**, with a limit of 300 | ≥ 0.8 × floor: **missed by 15.6 %**, with a limit of 320 |',
    );
    expect(markdown).toContain('≥ 6 × best peer without it | nothing to compare with |');
  });

  it('says of each goal that is missed what was tried', () => {
    expect(markdown).toContain(
      `- metric drain-100 (≥ 3 × best peer: **missed by 10 %**, with a limit of 300). ${reasonFor('drain-100')}`,
    );
    expect(markdown).not.toContain('- metric enqueue-bulk (');
  });

  it('has a chapter for each kind of scenario, with a picture of whatever can be compared', () => {
    expect([...charts.keys()]).toEqual(['enqueue-bulk.svg', 'drain-100.svg']);
    expect(markdown.indexOf('## Enqueue')).toBeLessThan(markdown.indexOf('## Drain'));
    for (const name of charts.keys()) expect(markdown).toContain(`](charts/${name})`);
  });

  it('tells who hung, with what it was made and how to make it again', () => {
    expect(markdown).toContain('hung in 2 of 2 rounds');
    expect(markdown).toContain('| node | 20.1.0 |');
    expect(markdown).toContain('| settings: bullmq | defaults |');
    expect(markdown).toContain('pnpm bench all --page');
    expect(markdown).toContain('2026-01-31');
  });
});
