import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './command.mjs';

const resultFile = join('.results', 'vitest.json');

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
  for (const folder of await testedPackages())
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
  for (const folder of await testedPackages()) {
    const text = await readFile(join(folder, resultFile), 'utf8').catch(() => undefined);
    if (text === undefined && partly) continue;
    if (text === undefined) {
      failed += 1;
      problems.push(`${folder}: its tests did not run to their end`);
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

/** @returns {Promise<readonly string[]>} the folders of the packages that have a test script */
async function testedPackages() {
  /** @type {string[]} */
  const folders = [];
  for (const parent of ['packages', 'apps', 'apps/demo', 'tooling']) {
    const entries = await readdir(join(root, parent)).catch(() => []);
    for (const entry of entries) {
      const manifest = join(root, parent, entry, 'package.json');
      const text = await readFile(manifest, 'utf8').catch(() => '{}');
      if (JSON.parse(text).scripts?.test !== undefined) folders.push(dirname(manifest));
    }
  }
  return folders;
}
