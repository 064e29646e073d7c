import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { measureAll } from './measure-all.ts';
import { describeVersions, withSection } from './readme.ts';
import { type Measured, rowOf } from './rows.ts';
import { scenarios } from './scenarios.ts';
import { sizes } from './size.ts';
import { openStage, type Stage } from './stage.ts';
import { tableOf } from './table.ts';
import { type Versions, versionsOf } from './versions.ts';

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main(args: readonly string[]): Promise<void> {
  const options = readBenchOptions(args);
  const chosen = scenarios.filter(({ name }) => name.includes(options.only));
  if (chosen.length === 0) {
    throw new Error(
      `no scenario holds "${options.only}"; there are ${scenarios.map(({ name }) => name).join('; ')}`,
    );
  }
  const size = sizes[options.size];
  const stages: Stage[] = [];
  try {
    for (const name of options.systems) stages.push(await openStage(name, options.profile));
    const versions = await versionsOf(stages, size);
    log(describeVersions(versions));
    log(
      `load of the machine before the first round: ${loadavg()[0]?.toFixed(2)} (figures of a busy machine say little)`,
    );
    const measured = await measureAll({ stages, scenarios: chosen, size, log });
    await publish(options, versions, measured);
  } finally {
    for (const stage of stages) await stage[Symbol.asyncDispose]();
  }
}

async function publish(
  { json, readme, size }: BenchOptions,
  versions: Versions,
  measured: readonly Measured[],
): Promise<void> {
  const table = tableOf(measured);
  if (readme) {
    const file = new URL('../../../README.md', import.meta.url);
    const date = new Date().toISOString().slice(0, 10);
    const text = withSection(await readFile(file, 'utf8'), {
      table,
      versions,
      command: `pnpm bench ${size}`,
      date,
    });
    await writeFile(file, text);
  }
  process.stdout.write(`${json ? JSON.stringify({ versions, rows: measured.map(rowOf) }) : table}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
