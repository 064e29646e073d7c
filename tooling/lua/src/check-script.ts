import { checkGlobals } from './check-globals.ts';
import { checkHeader } from './check-header.ts';
import { checkOrder } from './check-order.ts';
import { expandIncludes } from './expand-includes.ts';
import { scriptNames } from './generate-sources.ts';
import { parseScript } from './syntax-tree.ts';
import type { Violation } from './violation.ts';

/** Every broken rule of one script and of the fragments that it includes. */
export async function checkScript(folder: string, name: string): Promise<readonly Violation[]> {
  try {
    const lines = await expandIncludes(folder, `${name}.lua`);
    const script = { name, lines, tree: parseScript(lines) };
    return [...checkHeader(script), ...checkGlobals(script), ...checkOrder(script)];
  } catch (error) {
    return [
      { file: `${name}.lua`, line: 0, message: error instanceof Error ? error.message : String(error) },
    ];
  }
}

/** The broken rules of every script of a folder, one line each; those of a fragment once. */
export async function checkFolder(folder: string): Promise<readonly string[]> {
  const names = await scriptNames(folder);
  const found = await Promise.all(names.map((name) => checkScript(folder, name)));
  return [...new Set(found.flat().map(({ file, line, message }) => `${file}:${line}: ${message}`))];
}
