import { atOnce } from '../at-once.ts';
import type { Violation } from '../checker/violation.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type CrashPoint, describePoint } from './crash-point.ts';
import { loadScripts } from './load-scripts.ts';
import { pointsOf } from './points-of.ts';
import { type CaseReport, runCase } from './run-case.ts';

const tracedAtOnce = 4;
/** Most of them wait for a lease to end. */
const playedAtOnce = 6;

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
  await loadScripts(url);
  const traced = scenarios.flatMap((scenario) => scenario.victims.map((victim) => ({ scenario, victim })));
  const reports = new Map<(typeof traced)[number], CaseReport>();
  await atOnce(tracedAtOnce, traced, async (each) => {
    const report = await runCase({ url, ...each, point: null });
    if (report.violations.length > 0)
      throw new Error(describeFailure(`${each.scenario.name} without faults`, report));
    reports.set(each, report);
  });
  const greeted = new Set<string>();
  return traced.flatMap((each) => {
    const withGreeting = !greeted.has(each.victim);
    greeted.add(each.victim);
    const commands = reports.get(each)?.commands ?? new Map<string, number>();
    return pointsOf({ commands, withGreeting }).map((point) => ({ ...each, point }));
  });
}

export interface PlayOptions {
  readonly url: string;
  readonly cases: readonly CrashCase[];
}

export async function playCases({ url, cases }: PlayOptions): Promise<Enumeration> {
  const failed: FailedCase[] = [];
  let [played, unreached] = [0, 0];
  await atOnce(playedAtOnce, cases, async (each) => {
    const report = await runCase({ url, ...each });
    played += 1;
    if (!report.wasReached) unreached += 1;
    if (report.violations.length > 0) failed.push({ title: titleOf(each), ...report });
  });
  return { played, unreached, failed };
}

function titleOf({ scenario, victim, point }: CrashCase): string {
  return `${scenario.name}, ${victim}: ${describePoint(point)}`;
}

export function describeFailure(
  title: string,
  { violations, said }: Pick<FailedCase, 'violations' | 'said'>,
): string {
  const broken = violations.map(({ rule, id, what }) => `  ${rule}: ${id === null ? '' : `${id}: `}${what}`);
  return [title, ...broken, said].join('\n');
}
