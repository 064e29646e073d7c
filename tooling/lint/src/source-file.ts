import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A source file of the repository, by its path from the root with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const folders = ['packages', 'apps', 'tooling'];
const skipped = new Set(['node_modules', 'dist', '.turbo', '.results']);
const isSource = /\.(ts|mts|js|mjs|tsx|lua)$/;

/** Every source file below the three folders that hold code. */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  const found = await Promise.all(folders.map((folder) => sourcesBelow(root, join(root, folder))));
  return found.flat();
}

async function sourcesBelow(root: string, folder: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry): Promise<readonly SourceFile[]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourcesBelow(root, path);
      if (!isSource.test(entry.name)) return [];
      return [{ path: relative(root, path).split(sep).join('/'), text: await readFile(path, 'utf8') }];
    }),
  );
  return found.flat();
}

/** Whether a file is a test or only there for tests. */
export function isForTests(path: string): boolean {
  return /\.test(-d)?\.ts$|\/vitest\.config\.ts$|\/(behaviour|test-support)\/|^tooling\//.test(path);
}

/** The folder of the package of `packages/` that a file belongs to: `core`. Undefined for other files. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}
