import { run } from './command.mjs';
import { pnpm } from './pnpm.mjs';
import { compile, install, turbo } from './steps.mjs';
import { checkTarballs } from './tarballs.mjs';
import { test } from './test.mjs';

// Biome colours every character where nobody sees it.
const colors = `--colors=${process.stderr.isTTY ? 'force' : 'off'}`;

/**
 * One kind of rule that a machine checks.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly string[]} [needs] folders of what must be built before
 * @property {() => Promise<number>} run answers 0 when the rules hold
 */

/**
 * In the order of running: what is quick and often broken comes first.
 *
 * @type {readonly Check[]}
 */
const checks = [
  {
    name: 'format and lint',
    run: () => tool('biome', 'check', '--error-on-warnings', '--max-diagnostics=200', colors, '.'),
  },
  {
    name: 'promises',
    run: () => tool('oxlint', '-c', 'tooling/lint/oxlint.json', '--type-aware', '--deny-warnings', '.'),
  },
  { name: 'boundaries', needs: ['tooling/lint'], run: () => script('tooling/lint/dist/check.js') },
  { name: 'Lua scripts', needs: ['tooling/lua'], run: () => script('tooling/lua/dist/check.js') },
  {
    name: 'generated sources',
    needs: ['tooling/lua'],
    run: () => script('tooling/lua/dist/generate.js', '--check'),
  },
  { name: 'types', run: () => turbo(['types', '--continue']) },
  { name: 'types of the commands', run: () => tool('tsc', '-p', 'tooling/run/tsconfig.json') },
  { name: 'tests', run: () => test([]) },
  {
    name: 'unused code',
    run: () => tool('knip', '--config', 'tooling/lint/knip.json', '--no-progress', '--no-config-hints'),
  },
  {
    name: 'published packages',
    needs: ['packages/core', 'packages/client', 'packages/worker'],
    run: () => checkTarballs(),
  },
];

/** @param {readonly string[]} command */
function tool(...command) {
  return pnpm(['exec', ...command]);
}

/** @param {readonly string[]} args */
function script(...args) {
  return run(process.execPath, args);
}

/**
 * Runs all checks, or those that are named, also after one has failed, and lists the failed ones.
 *
 * @param {readonly string[]} args names of checks; `--without-tests` leaves the tests out
 * @returns {Promise<number>} 0 when all hold
 */
export async function check(args) {
  const wanted = chosen(args);
  await install();
  /** @type {string[]} */
  const failed = [];
  for (const { name, needs, run: holds } of wanted) {
    process.stdout.write(`\n== ${name}\n`);
    const built = needs === undefined || (await compile(needs)) === 0;
    if (!built || (await holds()) !== 0) failed.push(name);
  }
  const verdict = failed.length === 0 ? 'all hold' : `failed: ${failed.join(', ')}`;
  process.stdout.write(`\n${wanted.length} checks, ${verdict}\n`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * @param {readonly string[]} args
 * @returns {readonly Check[]}
 */
function chosen(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const known = checks.map((check) => check.name).join(', ');
    throw new Error(`no check is called ${unknown.join(', ')}; there are: ${known}`);
  }
  if (names.length > 0) return checks.filter((check) => names.includes(check.name));
  return args.includes('--without-tests') ? checks.filter((check) => check.name !== 'tests') : checks;
}
