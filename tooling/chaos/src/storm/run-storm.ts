import { planStrokes } from '../nemesis/plan.ts';
import { type Arena, sentinelArena, singleArena } from './arena.ts';
import { runStage } from './run-stage.ts';
import type { StageReport } from './stage-report.ts';
import type { StormOptions } from './storm-options.ts';

const proxyCount = 3;
/** Share of the tasks and of the time that a stage with failovers gets. */
const failoverShare = 0.1;
/** ms: the Sentinels need so long for one. */
const failoverTakes = 12_000;

/** One server under AOF always with everything that can be done to it, then failovers of a Sentinel set. */
export async function runStorm(
  storm: StormOptions,
  log: (line: string) => void,
): Promise<readonly StageReport[]> {
  const { failovers } = storm;
  const rest = failovers === 0 ? 0 : failoverShare;
  const reports: StageReport[] = [];
  const first = { ...storm, tasks: Math.round(storm.tasks * (1 - rest)), failovers: 0 };
  reports.push(await playStage(await singleArena('P2', proxyCount), first, log));
  if (failovers === 0) return reports;
  const second = {
    ...storm,
    tasks: Math.round(storm.tasks * rest),
    ...{ kills: 0, freezes: 0, redisKills: 0, networkFaults: 0 },
    duration: failovers * failoverTakes,
  };
  reports.push(await playStage(await sentinelArena(), second, log));
  return reports;
}

async function playStage(
  arena: Arena,
  storm: StormOptions,
  log: (line: string) => void,
): Promise<StageReport> {
  await using opened = arena;
  const { kills, freezes, redisKills, failovers, networkFaults, ...stage } = storm;
  const counts = { kills, freezes, redisKills, failovers, networkFaults };
  const strokes = planStrokes({ ...counts, ...stage, proxies: opened.proxies.length });
  log(
    `${opened.profile}, Redis ${opened.version}: ${stage.tasks} tasks, ${strokes.length} faults, seed ${stage.seed}`,
  );
  // Awaited here: the arena is gone when this returns.
  return await runStage({ ...stage, arena: opened, strokes, log });
}
