// `node tooling/run.mjs start | test | topologies | check | results`: needs Node and npm, and nothing installed.
import { check } from './run/check.mjs';
import { start } from './run/start.mjs';
import { StepFailed } from './run/steps.mjs';
import { results, test } from './run/test.mjs';
import { topologies } from './run/topologies.mjs';

/** @type {Readonly<Record<string, (args: readonly string[]) => Promise<number>>>} */
const commands = { start, test, topologies, check, results: () => results() };

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined) throw new Error(`"${name}" is not one of ${Object.keys(commands).join(', ')}`);
  process.exitCode = await command(args);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof StepFailed ? error.exitCode : 1;
}
