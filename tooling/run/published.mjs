import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * What whoever installs a package gets. A new entry here is a decision: it runs in the processes of users.
 *
 * @typedef {object} Published
 * @property {readonly string[]} dependencies
 * @property {number} mostBytes of the tarball
 * @property {readonly string[]} [documents] beside README and LICENSE
 */

/** @type {Readonly<Record<string, Published>>} */
export const published = {
  '@q/core': {
    dependencies: ['@standard-schema/spec', 'superjson'],
    mostBytes: 200_000,
    documents: ['PROTOCOL.md'],
  },
  '@q/client': { dependencies: ['@q/core', 'ioredis'], mostBytes: 150_000 },
  '@q/worker': { dependencies: ['@q/client', '@q/core', 'croner', 'ioredis'], mostBytes: 200_000 },
};

/** All that comes along with the three together. */
const comesAlong = new Set([
  ...Object.keys(published),
  ...Object.values(published).flatMap(({ dependencies }) => dependencies),
  '@ioredis/commands',
  'cluster-key-slot',
  'copy-anything',
  'debug',
  'denque',
  'ms',
  'redis-errors',
  'standard-as-callback',
]);

/**
 * What is wrong with the manifest of a tarball.
 *
 * @param {Record<string, any>} manifest
 * @returns {string[]}
 */
export function judgeManifest(manifest) {
  const expected = published[manifest['name']];
  if (expected === undefined) return ['is not among the published packages of tooling/run/published.mjs'];
  const wrong = [];
  const dependencies = Object.keys(manifest['dependencies'] ?? {}).sort();
  if (dependencies.join() !== expected.dependencies.join())
    wrong.push(`depends on ${dependencies.join(', ')}; expected ${expected.dependencies.join(', ')}`);
  for (const field of ['peerDependencies', 'optionalDependencies', 'bundleDependencies', 'bin'])
    if (manifest[field] !== undefined) wrong.push(`has ${field}`);
  for (const [name, range] of Object.entries(manifest['dependencies'] ?? {}))
    if (/^(workspace|catalog|file|link|git|https?):/.test(String(range)))
      wrong.push(`depends on ${name} ${range}`);
  if (JSON.stringify(manifest['exports']).includes('q-source')) wrong.push('exports its sources');
  return [...wrong, ...installScripts(manifest)];
}

/**
 * What is wrong with the files of a tarball: anything but code with its types and map, the manifest and documents.
 *
 * @param {string} name of the package
 * @param {readonly string[]} files as `tar` lists them
 * @returns {string[]}
 */
export function judgeFiles(name, files) {
  const documents = ['README.md', 'LICENSE', 'package.json', ...(published[name]?.documents ?? [])];
  const rest = new Set(files.map((file) => file.replace(/^package\//, '')));
  const wrong = documents.filter((document) => !rest.delete(document)).map((document) => `lacks ${document}`);
  for (const file of rest) {
    const stem = /^(dist\/(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.gen)?)\.(?:js|js\.map|d\.ts)$/.exec(file)?.[1];
    if (stem === undefined || /(^|\/)(test-support|behaviour|src)\//.test(file)) wrong.push(`holds ${file}`);
    else if (!['.js', '.js.map', '.d.ts'].every((kind) => rest.has(stem + kind)))
      wrong.push(`holds ${file} without what belongs to it`);
  }
  return wrong;
}

/**
 * What is wrong with what comes along with the package in `folder`: nobody new, and nothing that runs at its installation.
 *
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
export async function judgeDependencies(folder) {
  const found = [...(await dependencyTree(folder))];
  const strangers = found.filter(([name]) => !comesAlong.has(name)).map(([name]) => `brings ${name} along`);
  return [
    ...strangers,
    ...found.flatMap(([name, runs]) => runs.map((what) => `brings ${name} along, which ${what}`)),
  ];
}

/**
 * Every package that comes along with the one in `folder`, and what of it would run at its installation.
 *
 * @param {string} folder
 * @param {Map<string, string[]>} [found]
 * @returns {Promise<Map<string, string[]>>}
 */
async function dependencyTree(folder, found = new Map()) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const needed = Object.keys({ ...manifest['dependencies'], ...manifest['optionalDependencies'] });
  for (const name of needed) {
    const place = await realpath(placeOf(name, folder));
    if (found.has(name)) continue;
    const own = JSON.parse(await readFile(join(place, 'package.json'), 'utf8'));
    // npm builds whatever brings this file, without a script saying so.
    const native = existsSync(join(place, 'binding.gyp')) ? ['is built when it is installed'] : [];
    found.set(name, [...installScripts(own), ...native]);
    await dependencyTree(place, found);
  }
  return found;
}

/**
 * @param {string} name
 * @param {string} from
 * @returns {string}
 */
function placeOf(name, from) {
  const place = join(from, 'node_modules', name);
  if (existsSync(place)) return place;
  if (dirname(from) === from) throw new Error(`${name} is not installed`);
  return placeOf(name, dirname(from));
}

/**
 * @param {Record<string, any>} manifest
 * @returns {string[]}
 */
function installScripts({ scripts = {} }) {
  const run = ['preinstall', 'install', 'postinstall'];
  return run.filter((name) => name in scripts).map((name) => `runs a ${name} script`);
}
