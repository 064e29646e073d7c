import type { Facts, Fault } from '../checker/facts.ts';
import { heldByVictims } from '../checker/held-by-victims.ts';
import type { QueueState } from '../checker/queue-state.ts';
import { duplicatesOf } from '../checker/rules/duplicates-are-paid-for.ts';
import type { Violation } from '../checker/violation.ts';
import type { FaultKind } from '../ledger/entry.ts';
import type { Profile } from '../servers/profile.ts';

/** What one piece of a stage came to. Times in ms. */
export interface PieceReport {
  readonly profile: Profile;
  /** What it was played on: one server, Sentinels or a Cluster. */
  readonly servers: string;
  readonly redis: string;
  readonly tasks: number;
  readonly acknowledged: number;
  /** Acknowledged, and not ended in the end. */
  readonly lost: number;
  /** Waiters that were told something that is not what is stored. */
  readonly changed: number;
  /** Waits that ended without a result, or not at all. */
  readonly hanging: number;
  readonly runs: number;
  readonly duplicates: number;
  /** See {@link heldByVictims}. */
  readonly duplicatesAllowed: number;
  /** How many ended with each code. */
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** From a kill until all that its victim ran had begun again, the longest and the middle one. */
  readonly afterKill: Spread | null;
  /** From Redis being ready until the next run began. */
  readonly afterRedis: Spread | null;
  readonly took: number;
  readonly violations: readonly Violation[];
}

/** What one stage of a storm came to. */
export interface StageReport extends PieceReport {
  /** How often the Sentinels made another server the master without being asked for it by a fault; `null` without Sentinels. */
  readonly unasked: number | null;
}

export interface Spread {
  readonly median: number;
  readonly longest: number;
  /** From the shortest on. */
  readonly all: readonly number[];
}

export interface PieceFacts {
  readonly profile: Profile;
  readonly servers: string;
  readonly redis: string;
  readonly tasks: number;
  readonly facts: Facts;
  readonly state: QueueState;
  readonly violations: readonly Violation[];
  readonly took: number;
}

export function reportPiece({ facts, state, violations, ...known }: PieceFacts): PieceReport {
  const tasks = [...facts.tasks.values()];
  const accepted = tasks.filter((task) => task.isAcknowledged);
  return {
    ...known,
    acknowledged: accepted.length,
    lost: accepted.filter(({ id }) => state.tasks.get(id)?.kind !== 'finished').length,
    changed: countRule(violations, 'a result never changes'),
    hanging: countRule(violations, 'every wait'),
    runs: facts.runs.size,
    duplicates: duplicatesOf(facts).length,
    duplicatesAllowed: heldByVictims(facts),
    endings: endingsOf(state),
    faults: faultsOf(facts),
    afterKill: spreadOf(
      facts.faults.filter(({ fault }) => fault === 'kill').flatMap((each) => afterKill(facts, each)),
    ),
    afterRedis: spreadOf(
      facts.faults.filter(({ fault }) => fault === 'redis').flatMap((each) => afterRedis(facts, each)),
    ),
    violations,
  };
}

function countRule(violations: readonly Violation[], beginning: string): number {
  return violations.filter(({ rule }) => rule.startsWith(beginning)).length;
}

function endingsOf({ tasks }: QueueState): Record<string, number> {
  const endings: Record<string, number> = {};
  for (const stored of tasks.values()) {
    const code = stored.kind === 'finished' ? stored.code : stored.kind;
    endings[code] = (endings[code] ?? 0) + 1;
  }
  return endings;
}

function faultsOf({ faults }: Facts): Record<FaultKind, number> {
  // One that struck two processes in turn is written down for each.
  const count = (kind: FaultKind): number =>
    new Set(faults.filter(({ fault }) => fault === kind).map(({ from }) => from)).size;
  return {
    kill: count('kill'),
    freeze: count('freeze'),
    stall: count('stall'),
    network: count('network'),
    redis: count('redis'),
    terminate: count('terminate'),
  };
}

/** Nothing for a victim that ran nothing at that moment. */
function afterKill({ tasks, runs }: Facts, { victim, from }: Fault): readonly number[] {
  const waits: number[] = [];
  for (const run of runs.values()) {
    if (run.by !== victim || run.endedAt !== null) continue;
    const next = tasks.get(run.id)?.runs.find((other) => other.startedAt > from);
    if (next !== undefined) waits.push(next.startedAt - from);
  }
  return waits.length === 0 ? [] : [Math.max(...waits)];
}

function afterRedis({ runs }: Facts, { until: readyAt }: Fault): readonly number[] {
  let first = Number.POSITIVE_INFINITY;
  for (const { startedAt } of runs.values()) if (startedAt > readyAt && startedAt < first) first = startedAt;
  return Number.isFinite(first) ? [first - readyAt] : [];
}

export function spreadOf(values: readonly number[]): Spread | null {
  const all = values.map(Math.round).toSorted((one, other) => one - other);
  const [median, longest] = [all[Math.floor(all.length / 2)], all.at(-1)];
  return median === undefined || longest === undefined ? null : { median, longest, all };
}
