import { type PieceReport, type Spread, spreadOf } from './stage-report.ts';

/** One report of several pieces of one stage. */
export function sumReports(reports: readonly PieceReport[]): PieceReport {
  const [first] = reports;
  if (first === undefined) throw new Error('a stage has at least one piece');
  const sum = (of: (report: PieceReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    profile: first.profile,
    servers: first.servers,
    redis: first.redis,
    tasks: sum(({ tasks }) => tasks),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost),
    changed: sum(({ changed }) => changed),
    hanging: sum(({ hanging }) => hanging),
    runs: sum(({ runs }) => runs),
    duplicates: sum(({ duplicates }) => duplicates),
    duplicatesAllowed: sum(({ duplicatesAllowed }) => duplicatesAllowed),
    endings: added(reports.map(({ endings }) => endings)),
    faults: {
      kill: sum(({ faults }) => faults.kill),
      freeze: sum(({ faults }) => faults.freeze),
      stall: sum(({ faults }) => faults.stall),
      network: sum(({ faults }) => faults.network),
      redis: sum(({ faults }) => faults.redis),
      terminate: sum(({ faults }) => faults.terminate),
    },
    afterKill: together(reports.map(({ afterKill }) => afterKill)),
    afterRedis: together(reports.map(({ afterRedis }) => afterRedis)),
    took: sum(({ took }) => took),
    violations: reports.flatMap(({ violations }) => violations),
  };
}

function added(counts: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [code, count] of counts.flatMap(Object.entries<number>))
    total[code] = (total[code] ?? 0) + count;
  return total;
}

function together(spreads: ReadonlyArray<Spread | null>): Spread | null {
  return spreadOf(spreads.flatMap((spread) => spread?.all ?? []));
}
