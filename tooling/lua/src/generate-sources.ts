import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expandIncludes } from './expand-includes.ts';
import { stripSource } from './strip-source.ts';

/** The names of the scripts of a folder, without `.lua`, sorted. Fragments are not scripts. */
export async function scriptNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.lua'))
    .map((file) => file.slice(0, -'.lua'.length))
    .sort();
}

/** The text of the TypeScript module that holds every script of `folder`. */
export async function generateSources(folder: string): Promise<string> {
  const names = await scriptNames(folder);
  const sources = await Promise.all(
    names.map(async (name) => stripSource(await expandIncludes(folder, `${name}.lua`))),
  );
  const types = names.map((name) => `  readonly ${propertyName(name)}: LuaSource;`);
  const values = sources.map((source, index) => entry(names[index] ?? '', source));
  return [
    '// Generated from the .lua files by `pnpm lua`; change those and run it again.',
    '',
    '/** A script as it is sent, and the name that Redis gives it. */',
    'export interface LuaSource {',
    '  readonly source: string;',
    '  readonly sha1: string;',
    '}',
    '',
    'export const luaSources: {',
    ...types,
    '} = {',
    ...values,
    '};',
    '',
  ].join('\n');
}

function entry(name: string, source: string): string {
  const sha1 = createHash('sha1').update(source).digest('hex');
  const text = source.replace(/[\\`]|\$(?=\{)/g, '\\$&');
  return `  ${propertyName(name)}: {\n    sha1: '${sha1}',\n    source: \`${text}\`,\n  },`;
}

/** How a script is named as a property. */
export function propertyName(name: string): string {
  return /^[a-z]\w*$/.test(name) ? name : `'${name}'`;
}
