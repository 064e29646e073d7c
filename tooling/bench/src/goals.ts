import type { Goal } from './goal.ts';

/** What is aimed at, and what would be as good as it can get. */
export interface Target {
  /** All of them are to be reached. */
  readonly goals: readonly Goal[];
  readonly moonshot: Goal | null;
}

/** The only place where a goal is written down: by the id of its metric. */
export const targets: Readonly<Record<string, Target>> = {
  'enqueue-each': target([bestPeer(1.7)], floor(1)),
  'enqueue-bulk': target([bestPeer(2)], floor(0.8)),
  'drain-1': target([bestPeer(1.3)], floor(0.9)),
  'drain-1-prefetch': target([{ ...bestPeer(6), of: 'drain-1' }], floor(0.6)),
  'drain-32': target([bestPeer(2.5), { kind: 'system', system: 'bullmq', factor: 3.5 }], floor(0.8)),
  'drain-100': target([bestPeer(3)], floor(0.8)),
  'drain-2x32': target([bestPeer(2.5)], floor(0.8)),
  sleeping: target([absolute(0.96)], absolute(0.97)),
  'round-trip-p50': target([bestPeer(1)], floor(1.2)),
  'open-1000-p50': target([bestPeer(1)], floor(1)),
  'open-1000-p99': target([bestPeer(1)], floor(1)),
  'open-1000-cpu': target([bestPeer(1)], floor(1.15)),
  'open-4000-p50': target([bestPeer(1)], floor(1)),
  'open-4000-p99': target([bestPeer(1)], floor(1)),
  'open-4000-cpu': target([bestPeer(0.8)], floor(1.15)),
  'cost-redis': target([absolute(10)], absolute(8)),
  'cost-worker': target([absolute(16)], absolute(11)),
  'cost-producer': target([absolute(12)], absolute(8)),
  'commands-enqueue': target([absolute(2)], null),
  'commands-process': target([absolute(4)], null),
  'bytes-waiting': target([absolute(320)], absolute(283)),
  'bytes-waiting-large': target([absolute(1_450)], null),
  'bytes-finished': target([absolute(220)], absolute(143)),
  'scale-waiting': target([absolute(0.95)], absolute(1)),
  'scale-delayed': target([absolute(0.95)], absolute(1)),
  'scale-leases': target([absolute(0.95)], absolute(1)),
  'memory-redis': target([absolute(1)], null),
  'memory-heap': target([absolute(2)], null),
};

function target(goals: readonly Goal[], moonshot: Goal | null): Target {
  return { goals, moonshot };
}

function bestPeer(factor: number): Goal & { readonly kind: 'best-peer' } {
  return { kind: 'best-peer', factor };
}

function floor(factor: number): Goal {
  return { kind: 'system', system: 'floor', factor };
}

function absolute(value: number): Goal {
  return { kind: 'absolute', value };
}
