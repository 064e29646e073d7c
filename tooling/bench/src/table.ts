import { type Measured, type Row, rowOf, spreadsOf } from './rows.ts';
import type { Spread } from './statistics.ts';
import { roleOf, type SystemName } from './systems.ts';

/** The report as a Markdown table: medians, with least and greatest in brackets. */
export function tableOf(measured: readonly Measured[], all: readonly Measured[] = measured): string {
  const systems = systemsIn(measured);
  const heads = systems.map(showSystem);
  const head = ['', ...heads, '@q ÷ best peer', '@q ÷ floor', 'goal', 'met'];
  const rule = head.map((_, at) => (at === 0 || at > systems.length + 2 ? '---' : '---:'));
  const body = measured.map((each) => lineOf(each, systems, all));
  return withoutEmpty([head, rule, ...body], systems.length + 1)
    .map(showLine)
    .join('\n');
}

/** The same in short: the best peer only, medians only. */
export function shortTableOf(measured: readonly Measured[]): string {
  const head = ['', '**@q**', 'best peer', 'floor', '@q ÷ best peer', '@q ÷ floor', 'goal', 'met'];
  const rule = ['---', '---:', '---:', '---:', '---:', '---:', '---', '---'];
  const body = measured.map((each) => {
    const row = rowOf(each, measured);
    return [
      `${row.metric}, ${row.unit}`,
      showFigure(row.q),
      showBestPeer(row, each),
      showFigure(row.floor),
      showFigure(row.ratioToBestPeer),
      showFigure(row.ratioToFloor),
      row.goal ?? '',
      showMet(row),
    ];
  });
  return [head, rule, ...body].map(showLine).join('\n');
}

/** Systems that took part, ours first and the floor last. */
export function systemsIn(measured: readonly Measured[]): readonly SystemName[] {
  const systems = measured.flatMap(({ figures, notes }) => [...figures.keys(), ...notes.keys()]);
  return [...new Set(systems)].toSorted((a, b) => rank(a) - rank(b));
}

function showSystem(system: SystemName): string {
  return system === 'q' ? '**@q**' : system;
}

/** Three digits that count: `74,100`, `0.296`. */
export function showFigure(figure: number | null): string {
  if (figure === null) return '–';
  return Number(figure.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}

function rank(system: SystemName): number {
  return ['own', 'peer', 'elsewhere', 'floor'].indexOf(roleOf(system));
}

function lineOf(
  measured: Measured,
  systems: readonly SystemName[],
  all: readonly Measured[],
): readonly string[] {
  const row = rowOf(measured, all);
  const spreads = spreadsOf(measured);
  return [
    `${row.metric}, ${row.unit}`,
    ...systems.map((system) => showSpread(spreads.get(system), measured.notes.get(system))),
    showFigure(row.ratioToBestPeer),
    showFigure(row.ratioToFloor),
    row.goal ?? '',
    showMet(row),
  ];
}

// A column of ratios to peers says nothing while there is none.
function withoutEmpty(
  lines: readonly (readonly string[])[],
  optional: number,
): readonly (readonly string[])[] {
  if (lines.slice(2).some((cells) => cells[optional] !== '–')) return lines;
  return lines.map((cells) => cells.filter((_, at) => at !== optional));
}

function showLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function showSpread(spread: Spread | undefined, note: string | undefined): string {
  if (spread === undefined) return note ?? '–';
  const figures = `${showFigure(spread.median)} (${showFigure(spread.min)}–${showFigure(spread.max)})`;
  return note === undefined ? figures : `${figures}, ${note}`;
}

function showBestPeer({ peers }: Row, { metric: { better } }: Measured): string {
  const sign = better === 'more' ? -1 : 1;
  const [best] = Object.entries(peers).toSorted(([, a], [, b]) => sign * (a - b));
  return best === undefined ? '–' : `${showFigure(best[1])} (${best[0]})`;
}

function showMet({ met }: Row): string {
  if (met === null) return '';
  return met ? 'yes' : 'no';
}
