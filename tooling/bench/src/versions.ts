import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { Size } from './size.ts';
import type { Stages } from './stages.ts';
import { factsOf } from './systems.ts';

/** Everything that a figure depends on besides the code. */
export interface Versions {
  readonly [program: string]: string | number | Settings | Size;
  /** What differs from the defaults, by system and by server. */
  readonly settings: Settings;
  readonly size: Size;
}

export type Settings = Readonly<Record<string, string>>;

const bytesPerGigabyte = 1_073_741_824;

export async function versionsOf({ all: stages, absent }: Stages, size: Size): Promise<Versions> {
  const names = [...new Set(stages.flatMap(({ name }) => factsOf(name).packages))];
  const packages = await Promise.all(names.map(async (name) => [name, await packageVersion(name)] as const));
  return {
    ...Object.fromEntries(packages),
    ...Object.fromEntries(stages.map(({ store }) => [store.program, store.version])),
    node: process.versions.node,
    machine: `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`,
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / bytesPerGigabyte)} GB`,
    'load before the first round': Number((loadavg()[0] ?? Number.NaN).toFixed(2)),
    settings: {
      node: 'NODE_ENV=production',
      ...Object.fromEntries(stages.map(({ store }) => [store.program, store.settings])),
      ...Object.fromEntries(stages.map(({ name }) => [name, factsOf(name).settings])),
      ...absent,
    },
    size,
  };
}

/** On one line, without settings: `node 20.20.2, redis 7.0.15`. */
export function describeVersions(versions: Versions): string {
  return Object.entries(versions)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

async function packageVersion(name: string): Promise<string> {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const content: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
  throw new Error(`${name} has no version`);
}
