import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';
import { pnpm } from './pnpm.mjs';
import { judgeDependencies, judgeFiles, judgeManifest, published } from './published.mjs';

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
  const wrong = await judge(source, tarball);
  for (const what of wrong) process.stderr.write(`${file} ${what}\n`);
  const publint = await pnpm(['exec', 'publint', 'run', tarball, '--strict']);
  const attw = await pnpm(['exec', 'attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  return Math.max(publint, attw, wrong.length > 0 ? 1 : 0);
}

/**
 * @param {string} source
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
async function judge(source, tarball) {
  const manifest = JSON.parse(tar('xzOf', tarball, 'package/package.json'));
  const files = tar('tzf', tarball).trim().split('\n');
  const { size } = await stat(tarball);
  const most = published[manifest.name]?.mostBytes ?? 0;
  return [
    ...judgeManifest(manifest),
    ...judgeFiles(manifest.name, files),
    ...(size > most ? [`takes ${size} bytes; at most ${most} are expected`] : []),
    ...(await judgeDependencies(source)),
  ];
}

/** @param {readonly string[]} args */
function tar(...args) {
  return execFileSync('tar', args, { encoding: 'utf8' });
}
