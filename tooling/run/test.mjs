import { run } from './command.mjs';
import { compile, install, must, turbo } from './steps.mjs';
import { clearResults, readResults } from './test-results.mjs';

const prepare = 'tooling/dev-redis/dist/prepare.js';

/**
 * Sets everything up and runs the whole test suite. Two packages at a time, for many tests wait for time to pass; one at a
 * time where they share the database of REDIS_URL. Last come the tests that count what happens on a processor of their own.
 *
 * @param {readonly string[]} args for turbo: `--filter=@q/core`
 * @returns {Promise<number>} 0 when every test passed
 */
export async function test(args) {
  await install();
  await must('building', compile(['tooling/dev-redis']));
  // All of it now, lest compilers run beside tests. Whatever does not need what is broken is played nonetheless.
  const [built] = await Promise.all([
    compile(),
    must('preparing Redis', run(process.execPath, [prepare])),
    clearResults(),
  ]);
  const sharedUrl = process.env['REDIS_URL'] ?? '';
  process.env['Q_TEST_REDIS_CLAIMED'] = sharedUrl;
  const together = await play('test', { atOnce: sharedUrl === '' ? 2 : 1, args });
  const alone = await play('test:alone', { atOnce: 1, args });
  const exitCode = Math.max(built, together, alone);
  await must('emptying the database of REDIS_URL', run(process.execPath, [prepare, 'empty']));
  return (await results({ partly: args.length > 0 })) === 0 ? exitCode : Math.max(exitCode, 1);
}

/**
 * @param {'test' | 'test:alone'} task
 * @param {{ readonly atOnce: number, readonly args: readonly string[] }} options atOnce: packages
 * @returns {Promise<number>} turbo's exit code
 */
function play(task, { atOnce, args }) {
  process.env['Q_TEST_FILES'] = task === 'test' ? 'together' : 'alone';
  return turbo([task, `--concurrency=${atOnce}`, '--continue', ...args]);
}

/**
 * Says what failed in the last run of tests, and in one line at the end how it went.
 *
 * @param {Parameters<typeof readResults>[0]} [options]
 * @returns {Promise<number>} 0 when there were tests and every one passed
 */
export async function results(options) {
  const { passed, failed, failures, problems } = await readResults(options);
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed + problems.length === 0 ? 0 : 1;
}
