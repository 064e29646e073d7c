import { join } from 'node:path';
import { pnpm } from './pnpm.mjs';
import { workspacePackages } from './workspace-packages.mjs';

const buildConfig = 'tsconfig.build.json';

/** Thrown when a step that the following ones need has failed. */
export class StepFailed extends Error {
  /**
   * @param {string} what
   * @param {number} exitCode
   */
  constructor(what, exitCode) {
    super(`${what} failed with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/**
 * Waits for a step and throws when its exit code is not 0.
 *
 * @param {string} what
 * @param {Promise<number>} step
 */
export async function must(what, step) {
  const exitCode = await step;
  if (exitCode !== 0) throw new StepFailed(what, exitCode);
}

/**
 * Installs what the lockfile says.
 *
 * @param {Parameters<typeof pnpm>[1]} [options]
 */
export function install(options) {
  return must('installing', pnpm(['install', '--frozen-lockfile', '--reporter=append-only'], options));
}

/**
 * Compiles packages and what they need, all of them by default. One process for all takes less than half of the processor
 * time that one for each takes.
 *
 * @param {readonly string[]} [folders]
 * @param {Parameters<typeof pnpm>[1]} [options]
 * @returns {Promise<number>} exit code of the compiler, which goes on after an error
 */
export async function compile(folders, options) {
  const chosen = folders ?? (await builtFolders());
  return pnpm(['exec', 'tsc', '-b', ...chosen.map((folder) => join(folder, buildConfig))], options);
}

/** @returns {Promise<readonly string[]>} of every package that is built */
async function builtFolders() {
  return (await workspacePackages())
    .filter(({ scripts }) => scripts['build'] !== undefined)
    .map(({ folder }) => folder);
}

/**
 * @param {readonly string[]} args
 * @param {Parameters<typeof pnpm>[1]} [options]
 * @returns {Promise<number>} turbo's exit code
 */
export function turbo(args, options) {
  return pnpm(['exec', 'turbo', 'run', ...args, '--output-logs=new-only'], options);
}
