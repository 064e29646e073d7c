import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a program in the repository until it ends; a signal that asks us to end is handed on to it. What it prints goes
 * where ours does.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string, readonly printTo?: 'stdout' | 'stderr', readonly env?: NodeJS.ProcessEnv }} [options] env: added to ours
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it
 */
export function run(file, args, { cwd = root, printTo = 'stdout', env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      stdio: ['inherit', printTo === 'stderr' ? 2 : 1, 2],
      env: { ...environment(), ...env },
    });
    const handOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    const ignore = () => undefined; // a terminal sends it to the child as well
    process.on('SIGTERM', handOn).on('SIGINT', ignore);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGTERM', handOn).off('SIGINT', ignore);
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/** @returns {NodeJS.ProcessEnv} */
function environment() {
  return { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}
