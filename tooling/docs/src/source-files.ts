import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './documents.ts';

const isShipped = (path: string): boolean =>
  path.endsWith('.ts') && !/\.test(-d)?\.ts$|behaviour|test-support/.test(path);

/** The texts of the files below a folder of the repository that are no tests. */
export function sourcesBelow(folder: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names.filter(isShipped).map((name) => readFileSync(join(repository, folder, name), 'utf8'));
}
