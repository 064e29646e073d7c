import { describeGoal, type Goal, limitOf, type Medians, shortfall, type Yardsticks } from './goal.ts';
import { targets } from './goals.ts';
import type { Metric } from './metric.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { roleOf, type SystemName } from './systems.ts';

/** What the rounds of each system yielded for one metric. */
export interface Measured {
  readonly metric: Metric;
  /** Of the scenario. */
  readonly chapter: string;
  readonly figures: ReadonlyMap<SystemName, readonly number[]>;
  /** Why a system that was asked has no figure, or fewer than others. */
  readonly notes: ReadonlyMap<SystemName, string>;
}

/** A line of the report: medians, and their ratios. `null` stands for what was not measured. */
export interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly q: number | null;
  readonly peers: Readonly<Record<string, number>>;
  /** Left out when there are none: queues on other servers than Redis, which no ratio and no goal counts as peers. */
  readonly elsewhere?: Readonly<Record<string, number>>;
  readonly floor: number | null;
  /** q ÷ best peer. */
  readonly ratioToBestPeer: number | null;
  /** q ÷ floor. */
  readonly ratioToFloor: number | null;
  readonly goal: string | null;
  /** `null` when it cannot be said. */
  readonly met: boolean | null;
  /** Left out when there is nothing to say: systems that hung, failed, or cannot do it. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** One goal of a row, judged. */
export interface Verdict {
  readonly goal: string;
  /** Whether the limit comes from what others reached. */
  readonly isRelative: boolean;
  readonly limit: number | null;
  /** Share of the limit by which it is missed; 0 when it is reached, `null` when it cannot be said. */
  readonly missedBy: number | null;
}

export function rowsOf(measured: readonly Measured[]): readonly Row[] {
  return measured.map((each) => rowOf(each, measured));
}

export function rowOf(each: Measured, all: readonly Measured[] = [each]): Row {
  const medians = mediansOf(each);
  const q = medians.get('q') ?? null;
  const floor = medians.get('floor') ?? null;
  const elsewhere = [...medians].filter(([system]) => roleOf(system) === 'elsewhere');
  const verdicts = verdictsOf(each, all);
  return {
    metric: each.metric.metric,
    unit: each.metric.unit,
    q,
    peers: Object.fromEntries(peersOf(each)),
    ...(elsewhere.length === 0 ? {} : { elsewhere: Object.fromEntries(elsewhere) }),
    floor,
    ratioToBestPeer: ratio(q, bestPeerOf(each)),
    ratioToFloor: ratio(q, floor),
    goal: verdicts.length === 0 ? null : verdicts.map(({ goal }) => goal).join(', '),
    met: areMet(verdicts),
    ...(each.notes.size === 0 ? {} : { notes: Object.fromEntries(each.notes) }),
  };
}

/** The goals of a row, each judged by itself. */
export function verdictsOf(each: Measured, all: readonly Measured[]): readonly Verdict[] {
  return (targets[each.metric.id]?.goals ?? []).map((goal) => judge(goal, each, all));
}

export function judge(goal: Goal, each: Measured, all: readonly Measured[]): Verdict {
  const medians = mediansOf(each);
  const limit = limitOf(each.metric, goal, yardsticks(medians, all));
  const q = medians.get('q');
  const missedBy = q === undefined || limit === null ? null : Math.max(0, shortfall(each.metric, q, limit));
  return { goal: describeGoal(each.metric, goal), isRelative: goal.kind !== 'absolute', limit, missedBy };
}

/** Median, least and greatest of each system that took part. */
export function spreadsOf({ figures }: Measured): ReadonlyMap<SystemName, Spread> {
  const spreads = new Map<SystemName, Spread>();
  for (const [system, rounds] of figures) {
    const spread = spreadOf(rounds.filter(Number.isFinite));
    if (spread !== null) spreads.set(system, spread);
  }
  return spreads;
}

function bestPeerOf(each: Measured): number | null {
  const figures = peersOf(each).map(([, figure]) => figure);
  if (figures.length === 0) return null;
  return each.metric.better === 'more' ? Math.max(...figures) : Math.min(...figures);
}

function peersOf(each: Measured): readonly (readonly [SystemName, number])[] {
  return [...mediansOf(each)].filter(([system]) => roleOf(system) === 'peer');
}

function mediansOf(each: Measured): Medians {
  return new Map([...spreadsOf(each)].map(([system, { median }]) => [system, median]));
}

function yardsticks(medians: Medians, all: readonly Measured[]): Yardsticks {
  return {
    bestPeer: (id) => {
      const row = all.find(({ metric }) => metric.id === id);
      return row === undefined ? null : bestPeerOf(row);
    },
    system: (name) => medians.get(name) ?? null,
  };
}

function areMet(verdicts: readonly Verdict[]): boolean | null {
  if (verdicts.some(({ missedBy }) => missedBy !== null && missedBy > 0)) return false;
  if (verdicts.length === 0 || verdicts.some(({ missedBy }) => missedBy === null)) return null;
  return true;
}

function ratio(figure: number | null, other: number | null): number | null {
  return figure === null || other === null || other === 0 ? null : figure / other;
}
