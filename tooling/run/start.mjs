import { run } from './command.mjs';
import { build, install } from './steps.mjs';

/**
 * Sets everything up and runs the demo. Only the demo prints to standard output.
 *
 * @param {readonly string[]} args for the demo
 * @returns {Promise<number>} its exit code
 */
export async function start(args) {
  await install({ printTo: 'stderr' });
  await build(['./apps/**'], { printTo: 'stderr' });
  return run(process.execPath, ['apps/demo/tour/dist/main.js', ...args]);
}
