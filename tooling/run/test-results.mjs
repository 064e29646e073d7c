import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './command.mjs';

/** What each script that plays tests leaves behind. */
const resultFiles = [
  { script: 'test', file: join('.results', 'together.json') },
  { script: 'test:alone', file: join('.results', 'alone.json') },
];

/**
 * What the last run of all tests came to.
 *
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed tests that failed, and one for each file or package that failed outside its tests
 * @property {readonly string[]} problems what makes the count itself doubtful
 */

/** Removes what earlier runs left, so that nothing old is counted. */
export async function clearResults() {
  for (const { folder } of await playedScripts())
    await rm(join(folder, '.results'), { recursive: true, force: true });
}

/**
 * @param {{ readonly partly?: boolean }} [options] partly: a package without results is one that was not asked for
 * @returns {Promise<Results>} the sum over every package that has tests
 */
export async function readResults({ partly = false } = {}) {
  let passed = 0;
  let failed = 0;
  /** @type {string[]} */
  const problems = [];
  for (const { folder, script, file } of await playedScripts()) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (text === undefined && partly) continue;
    if (text === undefined) {
      failed += 1;
      problems.push(`${folder}: "${script}" did not run to its end`);
      continue;
    }
    const result = JSON.parse(text);
    passed += result.numPassedTests;
    failed += result.numFailedTests + failedOutsideTests(result.testResults);
  }
  if (passed + failed === 0) problems.push('no test was run');
  return { passed, failed, problems };
}

/** @param {ReadonlyArray<{ status: string, assertionResults: ReadonlyArray<{ status: string }> }>} files */
function failedOutsideTests(files) {
  const isFailed = (/** @type {{ status: string }} */ { status }) => status === 'failed';
  return files.filter((file) => isFailed(file) && !file.assertionResults.some(isFailed)).length;
}

/** @returns {Promise<ReadonlyArray<{ folder: string, script: string, file: string }>>} of every package that has tests */
async function playedScripts() {
  const played = [];
  for (const parent of ['packages', 'apps', 'apps/demo', 'tooling']) {
    const entries = await readdir(join(root, parent)).catch(() => []);
    for (const entry of entries) {
      const manifest = join(root, parent, entry, 'package.json');
      const { scripts = {} } = JSON.parse(await readFile(manifest, 'utf8').catch(() => '{}'));
      for (const each of resultFiles)
        if (scripts[each.script] !== undefined) played.push({ folder: dirname(manifest), ...each });
    }
  }
  return played;
}
