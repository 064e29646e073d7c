import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './command.mjs';
import { pnpm } from './pnpm.mjs';
import { compile, install, must } from './steps.mjs';

/** Whatever uses a client or a worker. */
const played = ['packages/client', 'packages/worker', 'tooling/system-tests'];
const known = ['sentinel', 'cluster'];

/**
 * Plays the tests of clients and workers once more, on a Sentinel set and on a Cluster, both side by side: they mostly
 * wait. Tests that start a server of their own play there as well, and are counted apart, because they say nothing of
 * the set.
 *
 * @param {readonly string[]} args topologies, both when there are none; `--list` names the tests that are counted apart
 * @returns {Promise<number>} 0 when every test passed
 */
export async function topologies(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no topology is called ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  await install();
  await must('building', compile());
  const tallies = await Promise.all((names.length > 0 ? names : known).map(play));
  for (const { topology, passed, failed, single, took } of tallies) {
    if (args.includes('--list')) for (const title of single) process.stdout.write(`one server: ${title}\n`);
    process.stdout.write(
      `${topology}: ${passed} passed, ${failed} failed in ${took} s; ${single.length} of them are about a single server\n`,
    );
  }
  return tallies.every(({ passed, failed }) => passed > 0 && failed === 0) ? 0 : 1;
}

/**
 * @param {string} topology
 * @returns {Promise<{ topology: string, passed: number, failed: number, single: readonly string[], took: number }>}
 */
async function play(topology) {
  const begunAt = performance.now();
  let [passed, failed] = [0, 0];
  /** @type {string[]} */
  const single = [];
  for (const folder of played) {
    const file = join(root, folder, '.results', `${topology}.json`);
    await rm(file, { force: true });
    const exitCode = await pnpm(['exec', 'vitest', 'run'], {
      cwd: join(root, folder),
      env: { Q_TEST_TOPOLOGY: topology },
    });
    const { numPassedTests = 0, testResults = [] } = JSON.parse(
      await readFile(file, 'utf8').catch(() => '{}'),
    );
    const tests = testResults.flatMap(
      (/** @type {{ assertionResults: readonly Played[] }} */ each) => each.assertionResults,
    );
    const broken = tests.filter((/** @type {Played} */ { status }) => status === 'failed').length;
    passed += numPassedTests;
    // A file that fails outside of its tests, or a set that does not start, has no failed test.
    failed += exitCode === 0 ? broken : Math.max(1, broken);
    for (const { fullName, meta } of tests)
      if (meta?.singleServer === true) single.push(`${folder}: ${fullName}`);
  }
  return { topology, passed, failed, single, took: Math.round((performance.now() - begunAt) / 1_000) };
}

/** @typedef {{ status: string, fullName: string, meta?: { singleServer?: boolean } }} Played */
