import { run } from './command.mjs';
import { compile, install, must } from './steps.mjs';

/**
 * Sets everything up and runs the demo. Only the demo prints to standard output.
 *
 * @param {readonly string[]} args for the demo
 * @returns {Promise<number>} its exit code
 */
export async function start(args) {
  await install({ printTo: 'stderr' });
  await must('building', compile(['apps/demo/tour'], { printTo: 'stderr' }));
  return run(process.execPath, ['apps/demo/tour/dist/main.js', ...args]);
}
