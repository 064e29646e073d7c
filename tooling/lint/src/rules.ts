import type { Import } from './imports-of.ts';
import { isForTests, packageOf, type SourceFile } from './source-file.ts';

/** A rule over one import: the reason why it is refused, or nothing. */
export type ImportRule = (file: SourceFile, imported: Import) => string | undefined;

/** A rule over the name or the text of a file: the lines that break it, and why. */
export type FileRule = (
  file: SourceFile,
) => ReadonlyArray<{ readonly line: number; readonly reason: string }>;

/** What each published package may take from its siblings and from outside. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['superjson', '@standard-schema/spec'],
  client: ['@q/core', 'ioredis'],
  worker: ['@q/core', '@q/client', 'ioredis', 'croner'],
};

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

const packagesGoOneWay: ImportRule = (file, { specifier }) => {
  const owner = packageOf(file.path);
  const isForeign = !specifier.startsWith('.') && !specifier.startsWith('node:');
  if (owner === undefined || isForTests(file.path) || !isForeign) return undefined;
  const name = packageName(specifier);
  const may = allowed[owner] ?? [];
  return may.includes(name) ? undefined : `@q/${owner} may import ${may.join(', ')} and node:*, not ${name}`;
};

const packagesAreNotEnteredSideways: ImportRule = (file, { path }) => {
  const configuration = /\/vitest\.config\.ts$/.test(file.path);
  if (path === undefined || configuration || workspaceOf(path) === workspaceOf(file.path)) return undefined;
  return `a relative path leads into another package (${path}); import that package by its name`;
};

const indexIsForOthers: ImportRule = (file, { path, specifier }) => {
  const owner = packageOf(file.path);
  if (path !== undefined && /\/src\/index\.(ts|js)$/.test(path))
    return 'index.ts is for other packages; import the file itself';
  const isOwn = owner !== undefined && packageName(specifier) === `@q/${owner}`;
  return isOwn && !isForTests(file.path) ? 'a package does not import itself by its name' : undefined;
};

// A connection cannot be handed to a thread: the one that renews leases opens its own.
const redisPort = /\/redis-port(\.ts|\/)|\/lease\/thread-connection\.ts$/;

const redisStaysInItsPort: ImportRule = (file, { specifier }) => {
  const isPort = redisPort.test(file.path);
  const isPackage = packageOf(file.path) !== undefined && !isForTests(file.path);
  return isPackage && !isPort && packageName(specifier) === 'ioredis'
    ? 'only redis-port files import ioredis'
    : undefined;
};

const keysHaveOneSpeller: FileRule = ({ path, text }) => {
  const isSpeller = path === 'packages/core/src/protocol/keys.ts';
  if (isSpeller || isForTests(path) || path.endsWith('.gen.ts')) return [];
  return text.split('\n').flatMap((line, index) => {
    const literals = [...line.matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)];
    const spells = literals.some(([, , content]) => content?.startsWith('q:{'));
    return spells ? [{ line: index + 1, reason: 'Redis keys are spelled in protocol/keys.ts only' }] : [];
  });
};

const filesHaveASubject: FileRule = ({ path }) => {
  const name = /([^/]+?)\.[^/]*$/.exec(path)?.[1] ?? '';
  if (!/^(utils?|helpers?|types|common|lib|misc)$/.test(name)) return [];
  return [{ line: 1, reason: `"${name}" says nothing; name the file after the one thing in it` }];
};

export const importRules: readonly ImportRule[] = [
  packagesGoOneWay,
  packagesAreNotEnteredSideways,
  indexIsForOthers,
  redisStaysInItsPort,
];

export const fileRules: readonly FileRule[] = [keysHaveOneSpeller, filesHaveASubject];

function workspaceOf(path: string): string {
  if (path.startsWith('tooling/run')) return 'tooling/run';
  return path.split('/', path.startsWith('apps/demo/') ? 3 : 2).join('/');
}
