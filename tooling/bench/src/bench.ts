import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { targets } from './goals.ts';
import { measureAll } from './measure-all.ts';
import { pageOf, type Report } from './page.ts';
import { withSection } from './readme.ts';
import { rowsOf } from './rows.ts';
import { sizes } from './size.ts';
import { Stages } from './stages.ts';
import { shortTableOf, tableOf } from './table.ts';
import { describeVersions, versionsOf } from './versions.ts';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Measures; answers 1 when this repository's own queue hung or failed. */
async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'micro') return micro(args.slice(1));
  const options = readBenchOptions(args);
  const size = sizes[options.size];
  await using stages = await Stages.open(options);
  const versions = await versionsOf(stages, size);
  log(describeVersions(versions));
  for (const [name, settings] of Object.entries(versions.settings)) log(`  ${name}: ${settings}`);
  log('figures of a busy machine say little: only ratios taken in one run count');
  const measured = await measureAll({ stages: stages.all, scenarios: options.scenarios, size, log });
  const date = new Date().toISOString().slice(0, 10);
  await publish(options, { measured, versions, command: `pnpm bench ${options.words.join(' ')}`, date });
  return measured.some(({ notes }) => notes.has('q')) ? 1 : 0;
}

async function micro(args: readonly string[]): Promise<number> {
  if (args.some((word) => word !== '--json')) throw new Error('usage: pnpm bench micro [--json]');
  const { measureMicro, microTable } = await import('./micro/micro.ts');
  const rows = await measureMicro();
  const versions = { node: process.versions.node };
  process.stdout.write(`${args.length > 0 ? JSON.stringify({ versions, rows }) : microTable(rows)}\n`);
  return 0;
}

async function publish({ readme, page, json }: BenchOptions, report: Report): Promise<void> {
  const { measured, versions } = report;
  if (readme) await writeReadme(report);
  if (page) await writePage(report);
  const output = json ? JSON.stringify({ versions, rows: rowsOf(measured) }) : tableOf(measured);
  process.stdout.write(`${output}\n`);
}

async function writeReadme({ measured, ...rest }: Report): Promise<void> {
  const file = new URL('../../../README.md', import.meta.url);
  const table = shortTableOf(measured.filter(({ metric }) => targets[metric.id] !== undefined));
  await writeFile(file, withSection(await readFile(file, 'utf8'), { table, ...rest }));
}

async function writePage(report: Report): Promise<void> {
  const folder = new URL('../charts/', import.meta.url);
  const { markdown, charts } = pageOf(report);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [name, svg] of charts) await writeFile(new URL(name, folder), svg);
  await writeFile(new URL('../RESULTS.md', import.meta.url), markdown);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
