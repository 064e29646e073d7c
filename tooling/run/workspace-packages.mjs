import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './command.mjs';

/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder absolute
 * @property {Readonly<Record<string, string>>} scripts
 */

/** @returns {Promise<readonly WorkspacePackage[]>} every package of this repository, but for its root */
export async function workspacePackages() {
  const packages = [];
  for (const parent of ['packages', 'apps', 'apps/demo', 'tooling']) {
    for (const entry of await readdir(join(root, parent))) {
      const folder = join(root, parent, entry);
      const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
      if (manifest !== undefined) packages.push({ folder, scripts: JSON.parse(manifest).scripts ?? {} });
    }
  }
  return packages;
}
