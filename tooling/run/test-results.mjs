import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from './command.mjs';
import { workspacePackages } from './workspace-packages.mjs';

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
 * @property {readonly string[]} failures where each of them is and what it said
 * @property {readonly string[]} problems what makes the count itself doubtful
 */

/** @typedef {{ status: string, fullName: string, failureMessages?: readonly string[] }} PlayedTest */
/** @typedef {{ name: string, status: string, message?: string, assertionResults: readonly PlayedTest[] }} PlayedFile */

/** Of a message, the assertion and the first lines of its stack: the whole is above, where the package was played. */
const shownLines = 12;

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
  const failures = [];
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
    const { numPassedTests, testResults } = JSON.parse(text);
    const failuresHere = testResults.flatMap(failuresIn);
    passed += numPassedTests;
    failed += failuresHere.length;
    failures.push(...failuresHere);
  }
  if (passed + failed === 0) problems.push('no test was run');
  return { passed, failed, failures, problems };
}

/**
 * @param {PlayedFile} file
 * @returns {readonly string[]} one for each test that failed, or one for the file that failed outside its tests
 */
function failuresIn(file) {
  const isFailed = (/** @type {{ status: string }} */ { status }) => status === 'failed';
  const where = relative(root, file.name);
  const failed = file.assertionResults.filter(isFailed);
  if (failed.length === 0) return isFailed(file) ? [`${where}\n${excerpt(file.message)}`] : [];
  return failed.map(
    ({ fullName, failureMessages = [] }) => `${where} > ${fullName}\n${excerpt(...failureMessages)}`,
  );
}

/** @param {readonly (string | undefined)[]} messages */
function excerpt(...messages) {
  const lines = messages.filter((message) => message !== undefined).flatMap((message) => message.split('\n'));
  return lines
    .slice(0, shownLines)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** @returns {Promise<ReadonlyArray<{ folder: string, script: string, file: string }>>} of every package that has tests */
async function playedScripts() {
  return (await workspacePackages()).flatMap(({ folder, scripts }) =>
    resultFiles.filter(({ script }) => scripts[script] !== undefined).map((each) => ({ folder, ...each })),
  );
}
