import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.ts';
import type { MalformedOptions, MalformedReport } from './run-malformed.ts';

export interface MalformedCommand {
  readonly options: MalformedOptions;
  /** One JSON object on standard output instead of lines. */
  readonly json: boolean;
}

/** @throws Error for an unknown option or a value that is no whole number. */
export function readMalformedCommand(args: readonly string[]): MalformedCommand {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
  });
  const { count = '10000', seed = String(randomInt(2 ** 31)), json = false } = values;
  return { options: { count: wholeNumber('--count', count, 1), seed: wholeNumber('--seed', seed) }, json };
}

/** Whether all is as it is owed. */
export function isHeld(report: MalformedReport): boolean {
  const { count, malformed, deferred, kept, workerExits, worksAfterwards, leftBehind, violations } = report;
  const allEnded = malformed + deferred === count && kept === count;
  const leftNothing = leftBehind.length === 0 && violations.length === 0;
  return allEnded && leftNothing && workerExits === 0 && worksAfterwards;
}

export function linesOf(report: MalformedReport): string {
  const { count, malformed, deferred, kept, byKind, workerExits, pid, seconds, seed } = report;
  return [
    `${count} values of ${Object.keys(byKind).length} kinds, seed ${seed}, in ${seconds} s`,
    `${malformed} ended as malformed, ${deferred} deferred, of ${kept} every byte was kept`,
    `${workerExits} exits of the worker (process ${pid}), which ${report.worksAfterwards ? 'ran a good task afterwards and ended with 0' : 'did not work afterwards'}`,
    ...report.leftBehind.map((key) => `left behind: ${key}`),
    ...report.violations,
    isHeld(report) ? 'all held' : 'failed',
  ].join('\n');
}
