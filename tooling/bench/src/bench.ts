import { readFile, writeFile } from 'node:fs/promises';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { measureAll } from './measure-all.ts';
import { withSection } from './readme.ts';
import { type Measured, rowsOf } from './rows.ts';
import { sizes } from './size.ts';
import { Stages } from './stages.ts';
import { shortTableOf, tableOf } from './table.ts';
import { describeVersions, type Versions, versionsOf } from './versions.ts';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Measures; answers 1 when this repository's own queue hung or failed. */
async function main(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(args);
  const size = sizes[options.size];
  await using stages = await Stages.open({ ...options, log });
  const versions = await versionsOf(stages.all, size);
  log(describeVersions(versions));
  for (const [name, settings] of Object.entries(versions.settings)) log(`  ${name}: ${settings}`);
  log('figures of a busy machine say little: only ratios taken in one run count');
  const measured = await measureAll({ stages: stages.all, scenarios: options.scenarios, size, log });
  await publish({ options, versions, measured, command: `pnpm bench ${args.join(' ')}` });
  return measured.some(({ notes }) => notes.has('q')) ? 1 : 0;
}

interface Publication {
  readonly options: BenchOptions;
  readonly versions: Versions;
  readonly measured: readonly Measured[];
  readonly command: string;
}

async function publish({ options, versions, measured, command }: Publication): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  if (options.readme) {
    const file = new URL('../../../README.md', import.meta.url);
    const table = shortTableOf(measured);
    await writeFile(file, withSection(await readFile(file, 'utf8'), { table, versions, command, date }));
  }
  const output = options.json ? JSON.stringify({ versions, rows: rowsOf(measured) }) : tableOf(measured);
  process.stdout.write(`${output}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
