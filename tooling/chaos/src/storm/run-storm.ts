import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import { planStrokes } from '../nemesis/plan.ts';
import { type Arena, sentinelArena, singleArena } from './arena.ts';
import { judgePieces, type PlayedPiece } from './judge-pieces.ts';
import { idsOfPiece, type Piece, piecesOf } from './piece.ts';
import { type Played, runStage, unexcused } from './run-stage.ts';
import type { StageReport } from './stage-report.ts';
import type { StormOptions } from './storm-options.ts';

const proxyCount = 3;
/** Share of the tasks and of the time that a stage with failovers gets. */
const failoverShare = 0.1;
/** ms: the Sentinels need so long for one. */
const failoverTakes = 12_000;

/** One server under AOF always with everything that can be done to it, then failovers of Sentinel sets. */
export async function runStorm(
  storm: StormOptions,
  log: (line: string) => void,
): Promise<readonly StageReport[]> {
  const calm = { kills: 0, freezes: 0, redisKills: 0, networkFaults: 0, failovers: 0, asyncFailovers: 0 };
  const sets = (['P3d', 'P3'] as const)
    .map((profile) => ({ profile, failovers: profile === 'P3' ? storm.asyncFailovers : storm.failovers }))
    .filter(({ failovers }) => failovers > 0);
  const share = Math.round(storm.tasks * failoverShare);
  const first = { ...storm, failovers: 0, asyncFailovers: 0, tasks: storm.tasks - share * sets.length };
  const reports = [await playStage(await singleArena('P2', proxyCount), first, log)];
  for (const { profile, failovers } of sets) {
    const duration = failovers * failoverTakes;
    const stage = { ...storm, ...calm, tasks: share, failovers, duration };
    reports.push(await playStage(await sentinelArena(profile), stage, log));
  }
  return reports;
}

/** Piece by piece, and judges all of them when the last one is over. */
async function playStage(
  arena: Arena,
  storm: StormOptions,
  log: (line: string) => void,
): Promise<StageReport> {
  await using opened = arena;
  const keys = queueKeys(`storm-${storm.seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'q-storm-'));
  const played: PlayedPiece[] = [];
  for (const piece of piecesOf(storm)) {
    const ledgers = join(folder, String(piece.number));
    await mkdir(ledgers);
    played.push({ piece, ledgers, ...(await playPiece({ piece, arena: opened, keys, ledgers, log })) });
  }
  const report = await judgePieces({ arena: opened, keys, played });
  if (unexcused(report).length === 0) await rm(folder, { recursive: true, force: true });
  else log(`the ledgers are in ${folder}`);
  return report;
}

interface PieceOptions {
  readonly piece: Piece;
  readonly arena: Arena;
  readonly keys: QueueKeys;
  readonly ledgers: string;
  readonly log: (line: string) => void;
}

function playPiece({ piece, arena, ...common }: PieceOptions): Promise<Played> {
  const { kills, freezes, redisKills, failovers, asyncFailovers, networkFaults, pieces, ...stage } =
    piece.storm;
  const counts = { kills, freezes, redisKills, failovers, networkFaults };
  const strokes = planStrokes({ ...counts, ...stage, proxies: arena.proxies.length });
  common.log(
    `${arena.profile}, Redis ${arena.version}, piece ${piece.number} of ${pieces}: ${stage.tasks} tasks, ${strokes.length} faults, seed ${stage.seed}`,
  );
  return runStage({ ...common, ...stage, ids: idsOfPiece(piece.number), arena, strokes });
}
