import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { run } from './command.mjs';

const wanted = '12.21.0';
const execute = promisify(execFile);

/** @type {Promise<string> | undefined} */
let found;

/**
 * A PATH with pnpm 12 on it: ours when there is one, else that of npx, which fetches it. Asked once, because npx takes
 * two seconds each time.
 *
 * @returns {Promise<string>}
 */
function pathWithPnpm() {
  found ??= versionOnPath().then((version) =>
    version.startsWith(`${wanted.split('.')[0]}.`) ? (process.env['PATH'] ?? '') : pathOfNpx(),
  );
  return found;
}

/**
 * Runs pnpm until it ends. What it runs finds it as well.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<number>} its exit code
 */
export async function pnpm(args, options = {}) {
  return run('pnpm', args, { ...options, env: { PATH: await pathWithPnpm(), ...options.env } });
}

/** @returns {Promise<string>} '' when there is none */
async function versionOnPath() {
  // Asked outside the repository: inside it, an older pnpm would fetch and become the version pinned here.
  const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0', COREPACK_ENABLE_NETWORK: '0' };
  try {
    const { stdout } = await execute('pnpm', ['--version'], { cwd: tmpdir(), timeout: 10_000, env });
    return stdout.trim();
  } catch {
    return '';
  }
}

/** @returns {Promise<string>} */
async function pathOfNpx() {
  const printPath = [process.execPath, '-p', 'process.env.PATH'];
  const args = ['--yes', '--prefer-offline', `--package=pnpm@${wanted}`, '--', ...printPath];
  const { stdout } = await execute('npx', args, { cwd: tmpdir() });
  return stdout.trim();
}
