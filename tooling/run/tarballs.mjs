import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';
import { pnpm } from './pnpm.mjs';

/** What must not be sent to whoever installs a package. */
const unwanted = /\.tsbuildinfo$|\.test(-d)?\.|\/(src|behaviour|test-support|\.results)\//;

/**
 * Packs every published package and looks at it as whoever installs it will see it.
 *
 * @returns {Promise<number>} 0 when nothing was found
 */
export async function checkTarballs() {
  const folder = await mkdtemp(join(tmpdir(), 'q-tarballs-'));
  try {
    let worst = 0;
    for (const name of await readdir(join(root, 'packages'))) {
      worst = Math.max(worst, await checkTarball(join(root, 'packages', name), join(folder, name)));
    }
    return worst;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} source folder of the package
 * @param {string} target folder for its tarball
 */
async function checkTarball(source, target) {
  const packed = await pnpm(['--silent', 'pack', '--pack-destination', target], { cwd: source });
  const [file] = packed === 0 ? await readdir(target) : [];
  if (file === undefined) return 1;
  const tarball = join(target, file);
  const surplus = listed(tarball).filter((path) => unwanted.test(path));
  if (surplus.length > 0) process.stderr.write(`${file} holds what nobody needs: ${surplus.join(', ')}\n`);
  const publint = await pnpm(['exec', 'publint', 'run', tarball, '--strict']);
  const attw = await pnpm(['exec', 'attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  return Math.max(publint, attw, surplus.length > 0 ? 1 : 0);
}

/** @param {string} tarball */
function listed(tarball) {
  return execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).split('\n');
}
