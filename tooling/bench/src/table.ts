import { type Measured, type Row, rowOf, spreadsOf } from './rows.ts';
import type { Spread } from './statistics.ts';
import { roleOf, type SystemName } from './systems.ts';

/** The report as a Markdown table: medians, with least and greatest in brackets. */
export function tableOf(measured: readonly Measured[]): string {
  const systems = [...new Set(measured.flatMap(({ figures }) => [...figures.keys()]))].toSorted(
    (a, b) => rank(a) - rank(b),
  );
  const heads = systems.map((system) => (system === 'q' ? '**@q**' : system));
  const head = ['', ...heads, '@q ÷ best peer', '@q ÷ floor', 'goal', 'met'];
  const rule = head.map((_, at) => (at === 0 || at > systems.length + 2 ? '---' : '---:'));
  const body = measured.map((each) => lineOf(each, systems));
  const keep = isUsed(body, systems.length + 1);
  return [head, rule, ...body]
    .map((cells) => `| ${cells.filter((_, at) => keep(at)).join(' | ')} |`)
    .join('\n');
}

function rank(system: SystemName): number {
  return ['own', 'peer', 'floor'].indexOf(roleOf(system));
}

function lineOf(measured: Measured, systems: readonly SystemName[]): readonly string[] {
  const row = rowOf(measured);
  const spreads = spreadsOf(measured);
  return [
    `${row.metric}, ${row.unit}`,
    ...systems.map((system) => showSpread(spreads.get(system))),
    showFigure(row.ratioToBestPeer),
    showFigure(row.ratioToFloor),
    row.goal ?? '',
    showMet(row),
  ];
}

// A column of ratios to peers says nothing while there is none.
function isUsed(body: ReadonlyArray<readonly string[]>, optional: number): (at: number) => boolean {
  return (at) => at !== optional || body.some((cells) => cells[at] !== '–');
}

function showSpread(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  return `${showFigure(spread.median)} (${showFigure(spread.min)}–${showFigure(spread.max)})`;
}

function showMet({ met }: Row): string {
  if (met === null) return '';
  return met ? 'yes' : 'no';
}

/** Three digits that count: `74,100`, `0.296`. */
export function showFigure(figure: number | null): string {
  if (figure === null) return '–';
  return Number(figure.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}
