import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import { atOnce } from '../at-once.ts';
import { planStrokes } from '../nemesis/plan.ts';
import { type Arena, clusterArena, sentinelArena, singleArena } from './arena.ts';
import { judgePieces, type PlayedPiece } from './judge-pieces.ts';
import { idsOfPiece, type Piece, piecesOf } from './piece.ts';
import { type Played, runStage, unexcused } from './run-stage.ts';
import type { StageReport } from './stage-report.ts';
import type { StormOptions } from './storm-options.ts';

const proxyCount = 3;
/** Share of the tasks and of the time that a stage with failovers gets. */
const failoverShare = 0.1;
/** A slot on the move is carried key by key: a storm is about the moves, not about how long they take. */
const mostOnCluster = 20_000;
/** ms: the Sentinels, or the nodes of a Cluster, need so long for one. */
const failoverTakes = 12_000;

export interface StormSurroundings {
  readonly log: (line: string) => void;
  /** How many stages are played at the same time. @default 1 */
  readonly stagesAtOnce?: number;
}

/**
 * One server under AOF always with everything that can be done to it; failovers of Sentinel sets; failovers of a
 * Cluster, and moves of the queue's slot there.
 */
export async function runStorm(
  storm: StormOptions,
  { log, stagesAtOnce = 1 }: StormSurroundings,
): Promise<readonly StageReport[]> {
  const reports = new Map<Stage, StageReport>();
  const stages = stagesOf(storm);
  await atOnce(stagesAtOnce, stages, async (stage) => {
    const say = (line: string): void => log(stages.length === 1 ? line : `${stage.name}: ${line}`);
    reports.set(stage, await playStage(await stage.open(), stage.storm, say));
  });
  return stages.flatMap((stage) => reports.get(stage) ?? []);
}

interface Stage {
  readonly name: string;
  readonly open: () => Promise<Arena>;
  /** Its share of the storm. */
  readonly storm: StormOptions;
}

function stagesOf(storm: StormOptions): readonly Stage[] {
  const none = { failovers: 0, asyncFailovers: 0, clusterFailovers: 0, slotMoves: 0 };
  const calm = { ...storm, ...none, kills: 0, freezes: 0, redisKills: 0, networkFaults: 0 };
  const share = Math.round(storm.tasks * failoverShare);
  const { failovers, asyncFailovers, clusterFailovers, slotMoves } = storm;
  const moved = { failovers: clusterFailovers, slotMoves, tasks: Math.min(share, mostOnCluster) };
  const sets = [
    { name: 'P3d', open: () => sentinelArena('P3d'), asked: { failovers, slotMoves: 0, tasks: share } },
    {
      name: 'P3',
      open: () => sentinelArena('P3'),
      asked: { failovers: asyncFailovers, slotMoves: 0, tasks: share },
    },
    { name: 'Cluster', open: () => clusterArena(queueOf(storm)), asked: moved },
  ]
    .filter(({ asked }) => asked.failovers + asked.slotMoves > 0)
    .map(({ name, open, asked }): Stage => {
      const duration = (asked.failovers + asked.slotMoves) * failoverTakes;
      return { name, open, storm: { ...calm, ...asked, duration } };
    });
  const tasks = storm.tasks - sets.reduce((sum, stage) => sum + stage.storm.tasks, 0);
  const first = {
    name: 'P2',
    open: () => singleArena('P2', proxyCount),
    storm: { ...storm, ...none, tasks },
  };
  return [first, ...sets];
}

function queueOf({ seed }: StormOptions): string {
  return `storm-${seed}`;
}

/** Piece by piece, and judges all of them when the last one is over. */
async function playStage(
  arena: Arena,
  storm: StormOptions,
  log: (line: string) => void,
): Promise<StageReport> {
  await using opened = arena;
  const keys = queueKeys(queueOf(storm));
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
  const { seed, tasks, duration, workers, producers, lease, pieces } = piece.storm;
  const strokes = planStrokes({ ...piece.storm, proxies: arena.proxies.length });
  const stage = { seed, tasks, duration, workers, producers, lease };
  common.log(
    `${arena.profile}, ${arena.servers}, Redis ${arena.version}, piece ${piece.number} of ${pieces}: ${tasks} tasks, ${strokes.length} faults, seed ${seed}`,
  );
  return runStage({ ...common, ...stage, ids: idsOfPiece(piece.number), arena, strokes });
}
