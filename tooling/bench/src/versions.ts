import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';

/** Everything that a figure depends on besides the code: `{ node: '20.20.2', redis: '7.0.15', … }`. */
export type Versions = Readonly<Record<string, string | number>>;

export async function versionsOf(stages: readonly Stage[], size: Size): Promise<Versions> {
  const names = [...new Set(stages.flatMap(({ system }) => system.packages))];
  const packages = await Promise.all(names.map(async (name) => [name, await packageVersion(name)] as const));
  return {
    ...Object.fromEntries(packages),
    node: process.versions.node,
    redis: stages[0]?.server.version ?? 'none',
    NODE_ENV: 'production',
    'redis persistence': 'none',
    machine: `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`,
    cores: availableParallelism(),
    ...size,
  };
}

async function packageVersion(name: string): Promise<string> {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const content: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
  throw new Error(`${name} has no version`);
}
