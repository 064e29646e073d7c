import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { run } from './command.mjs';

const wanted = '12.21.0';

/** @type {Promise<readonly string[]> | undefined} */
let found;

/**
 * The command that runs pnpm 12 here: the one on PATH when it is a 12, else the one that npx fetches.
 *
 * @returns {Promise<readonly string[]>}
 */
function pnpmCommand() {
  found ??= versionOnPath().then((version) =>
    version.startsWith(`${wanted.split('.')[0]}.`)
      ? ['pnpm']
      : ['npx', '--yes', '--prefer-offline', `pnpm@${wanted}`],
  );
  return found;
}

/**
 * Runs pnpm until it ends.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<number>} its exit code
 */
export async function pnpm(args, options) {
  const [file = 'pnpm', ...before] = await pnpmCommand();
  return run(file, [...before, ...args], options);
}

/** @returns {Promise<string>} '' when there is none */
function versionOnPath() {
  // Asked outside the repository: inside it, an older pnpm would fetch and become the version pinned here.
  const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0', COREPACK_ENABLE_NETWORK: '0' };
  return new Promise((resolve) => {
    execFile('pnpm', ['--version'], { cwd: tmpdir(), timeout: 10_000, env }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    );
  });
}
