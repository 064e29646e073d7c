import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Block } from './documents.ts';

/** One file of an example. */
export interface ExampleFile {
  readonly name: string;
  readonly code: string;
}

/** Compiled examples of one page, side by side as a user would have them. */
export interface ExampleFolder {
  /** The compiled file. */
  readonly compiled: (name: string) => string;
  readonly remove: () => Promise<void>;
}

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** As strict as users may be, and with none of this repository's own settings. */
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true, // piscina's own declarations do not pass these settings
  noEmitOnError: true,
  outDir: 'out',
};

/** The files that a page shows: each begins with a comment that names it. */
export function filesOf(blocks: readonly Block[]): ExampleFile[] {
  return blocks.map(({ code }) => {
    const name = /^\/\/ ([a-z-]+\.ts)\b/.exec(code)?.[1];
    if (name === undefined)
      throw new Error(`a code block does not begin with a comment that names its file:\n${code}`);
    return { name, code };
  });
}

/** Writes and compiles files against the built packages. @throws Error with what the compiler says. */
export async function compileExamples(files: readonly ExampleFile[]): Promise<ExampleFolder> {
  // Inside of this package, so that its dependencies are found.
  const parent = fileURLToPath(new URL('../.results/', import.meta.url));
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'examples-'));
  await Promise.all(files.map(({ name, code }) => writeFile(join(folder, name), code)));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', folder]);
  } catch (error) {
    await remove();
    throw new Error(
      `the examples do not compile:\n${error instanceof Error ? Reflect.get(error, 'stdout') : error}`,
    );
  }
  return { compiled: (name) => join(folder, 'out', name.replace(/\.ts$/, '.js')), remove };
}
