import { describeGoal, isMet, type Metric } from './metric.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { roleOf, type SystemName } from './systems.ts';

/** What the rounds of each system yielded for one metric. */
export interface Measured {
  readonly metric: Metric;
  readonly figures: ReadonlyMap<SystemName, readonly number[]>;
}

/** A line of the report: medians, and their ratios. `null` stands for what was not measured. */
export interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly q: number | null;
  readonly peers: Readonly<Record<string, number>>;
  readonly floor: number | null;
  /** q ÷ best peer. */
  readonly ratioToBestPeer: number | null;
  /** q ÷ floor. */
  readonly ratioToFloor: number | null;
  readonly goal: string | null;
  readonly met: boolean | null;
}

export function rowOf({ metric, figures }: Measured): Row {
  const q = medianOf(figures.get('q'));
  const floor = medianOf(figures.get('floor'));
  const peers: Record<string, number> = {};
  for (const [system, rounds] of figures) {
    const median = medianOf(rounds);
    if (roleOf(system) === 'peer' && median !== null) peers[system] = median;
  }
  const best = bestOf(metric, Object.values(peers));
  return {
    metric: metric.metric,
    unit: metric.unit,
    q,
    peers,
    floor,
    ratioToBestPeer: ratio(q, best),
    ratioToFloor: ratio(q, floor),
    goal: describeGoal(metric),
    met: isMet(metric, q, best),
  };
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

function medianOf(rounds: readonly number[] | undefined): number | null {
  return spreadOf((rounds ?? []).filter(Number.isFinite))?.median ?? null;
}

function bestOf({ better }: Metric, figures: readonly number[]): number | null {
  if (figures.length === 0) return null;
  return better === 'more' ? Math.max(...figures) : Math.min(...figures);
}

function ratio(figure: number | null, other: number | null): number | null {
  return figure === null || other === null || other === 0 ? null : figure / other;
}
