import { pnpm } from './pnpm.mjs';

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
 * Builds packages and what they need.
 *
 * @param {readonly string[]} filters turbo filters; none means everything
 * @param {Parameters<typeof pnpm>[1]} [options]
 */
export function build(filters, options) {
  const only = filters.map((filter) => `--filter=${filter}`);
  return must('building', turbo(['build', ...only], options));
}

/**
 * @param {readonly string[]} args
 * @param {Parameters<typeof pnpm>[1]} [options]
 * @returns {Promise<number>} turbo's exit code
 */
export function turbo(args, options) {
  return pnpm(['exec', 'turbo', 'run', ...args, '--output-logs=new-only'], options);
}
