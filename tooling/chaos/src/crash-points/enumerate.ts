import { luaSources } from '@q/core/wire';
import type { Violation } from '../checker/violation.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { askServer } from '../servers/ask-server.ts';
import { type CrashPoint, describePoint } from './crash-point.ts';
import { pointsOf } from './points-of.ts';
import { type CaseReport, runCase } from './run-case.ts';

/** One scenario broken at one point. */
export interface CrashCase {
  readonly scenario: Scenario;
  readonly victim: 'client' | 'worker';
  readonly point: CrashPoint;
}

export interface FailedCase {
  readonly title: string;
  readonly violations: readonly Violation[];
  readonly said: string;
}

export interface Enumeration {
  readonly played: number;
  /** Points that the process did not come to this time: how often a worker asks depends on the clock. */
  readonly unreached: number;
  readonly failed: readonly FailedCase[];
}

/** Plays every scenario once without faults and lists what could go wrong in it. */
export async function listCases(url: string, scenarios: readonly Scenario[]): Promise<readonly CrashCase[]> {
  // Otherwise the first run of all would send every script twice.
  await askServer(url, async (redis) => {
    for (const { source } of Object.values(luaSources)) await redis.script('LOAD', source);
  });
  const cases: CrashCase[] = [];
  const greeted = new Set<string>();
  for (const scenario of scenarios) {
    for (const victim of scenario.victims) {
      const traced = await runCase({ url, scenario, victim, point: null });
      if (traced.violations.length > 0)
        throw new Error(describeFailure(`${scenario.name} without faults`, traced));
      const points = pointsOf({ commands: traced.commands, withGreeting: !greeted.has(victim) });
      greeted.add(victim);
      for (const point of points) cases.push({ scenario, victim, point });
    }
  }
  return cases;
}

export interface PlayOptions {
  readonly url: string;
  readonly cases: readonly CrashCase[];
  /** Cases at the same time: most of them wait for a lease to end. @default 6 */
  readonly atOnce?: number;
  readonly onPlayed?: (title: string, report: CaseReport) => void;
  /** Begins no case after this moment of `performance.now()`. @default never */
  readonly until?: number;
}

export async function playCases({
  url,
  cases,
  atOnce = 6,
  onPlayed = () => undefined,
  until = Number.POSITIVE_INFINITY,
}: PlayOptions): Promise<Enumeration> {
  const failed: FailedCase[] = [];
  let [next, played, unreached] = [0, 0, 0];
  const playOn = async (): Promise<void> => {
    for (let each = cases[next++]; each !== undefined && performance.now() < until; each = cases[next++]) {
      const report = await runCase({ url, ...each });
      played += 1;
      if (!report.wasReached) unreached += 1;
      if (report.violations.length > 0) failed.push({ title: titleOf(each), ...report });
      onPlayed(titleOf(each), report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playOn));
  return { played, unreached, failed };
}

export function titleOf({ scenario, victim, point }: CrashCase): string {
  return `${scenario.name}, ${victim}: ${describePoint(point)}`;
}

export function describeFailure(
  title: string,
  { violations, said }: Pick<FailedCase, 'violations' | 'said'>,
): string {
  const broken = violations.map(({ rule, id, what }) => `  ${rule}: ${id === null ? '' : `${id}: `}${what}`);
  return [title, ...broken, said].join('\n');
}
