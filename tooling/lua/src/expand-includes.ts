import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A line of a script with its includes inlined, and where it was written. */
export interface SourceLine {
  readonly text: string;
  readonly file: string;
  readonly number: number;
}

const include = /^\s*--\s*@include\s+(\S+)\s*$/;
const isFragment = /^fragments\/[a-z0-9-]+\.lua$/;

/**
 * Reads `file` of `folder` and puts the content of each fragment in the place of its `-- @include fragments/x.lua` line.
 * A fragment that is asked for again is left out: the first one is already above.
 */
export async function expandIncludes(folder: string, file: string): Promise<readonly SourceLine[]> {
  const seen = new Set<string>();
  const read = async (name: string): Promise<readonly SourceLine[]> => {
    seen.add(name);
    const lines: SourceLine[] = [];
    for (const [index, text] of (await readFile(join(folder, name), 'utf8')).split('\n').entries()) {
      const wanted = include.exec(text)?.[1];
      if (wanted === undefined) {
        lines.push({ text, file: name, number: index + 1 });
        continue;
      }
      if (!isFragment.test(wanted))
        throw new Error(`${name}:${index + 1}: "${wanted}" is not fragments/<name>.lua`);
      if (!seen.has(wanted)) lines.push(...(await read(wanted)));
    }
    return lines;
  };
  return read(file);
}
