import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import { atOnce } from '../at-once.ts';
import { unexcused } from '../checker/unexcused.ts';
import { planStrokes } from '../nemesis/plan.ts';
import { type Arena, clusterArena, sentinelArena, singleArena } from './arena.ts';
import { judgePieces, type PlayedPiece } from './judge-pieces.ts';
import { idsOfPiece, type Piece, piecesOf } from './piece.ts';
import { type Played, runStage } from './run-stage.ts';
import type { StageReport } from './stage-report.ts';
import type { StormOptions } from './storm-options.ts';

const proxyCount = 3;
/** Share of the tasks that a stage beside the first one gets. */
const smallShare = 0.1;
/** A slot on the move is carried key by key: a storm is about the moves, not about how long they take. */
const mostOfSmall = 20_000;
/** ms: the Sentinels, or the nodes of a Cluster, need so long for one. */
const failoverTakes = 12_000;
/** ms from one restart of a server to the next. */
const restartTakes = 10_000;

export interface StormSurroundings {
  readonly log: (line: string) => void;
  /** How many stages are played at the same time. @default 1 */
  readonly stagesAtOnce?: number;
}

/**
 * One server under AOF always with everything that can be done to it; failovers of Sentinel sets; failovers of a
 * Cluster, and moves of the queue's slot there; restarts of servers that keep less.
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
  const { unsavedKills, everysecKills, failovers, asyncFailovers, clusterFailovers, slotMoves } = storm;
  const share = Math.round(storm.tasks * smallShare);
  const small = Math.min(share, mostOfSmall);
  const others: readonly SmallStage[] = [
    {
      ...{ name: 'P3d', open: () => sentinelArena('P3d') },
      ...{ tasks: share, asked: { failovers }, strokeTakes: failoverTakes },
    },
    {
      ...{ name: 'P3', open: () => sentinelArena('P3') },
      ...{ tasks: share, asked: { failovers: asyncFailovers }, strokeTakes: failoverTakes },
    },
    {
      ...{ name: 'Cluster', open: () => clusterArena(queueOf(storm)) },
      ...{ tasks: small, asked: { failovers: clusterFailovers, slotMoves }, strokeTakes: failoverTakes },
    },
    {
      ...{ name: 'P1', open: () => singleArena('P1', 0) },
      ...{ tasks: small, asked: { redisKills: everysecKills }, strokeTakes: restartTakes },
    },
    {
      ...{ name: 'P0', open: () => singleArena('P0', 0) },
      ...{ tasks: small, asked: { redisKills: unsavedKills }, strokeTakes: restartTakes },
    },
  ];
  const sets = others
    .filter(({ asked }) => countOf(asked) > 0)
    .map(({ name, open, tasks, asked, strokeTakes }): Stage => {
      const duration = countOf(asked) * strokeTakes;
      return { name, open, storm: { ...storm, ...calm, ...asked, tasks, duration } };
    });
  const tasks = storm.tasks - sets.reduce((sum, stage) => sum + stage.storm.tasks, 0);
  const first = {
    name: 'P2',
    open: () => singleArena('P2', proxyCount),
    storm: { ...storm, ...none, tasks },
  };
  return [first, ...sets];
}

type Strokes = Partial<Pick<StormOptions, 'failovers' | 'slotMoves' | 'redisKills'>>;

/** Everything but the first one. */
interface SmallStage {
  readonly name: string;
  readonly open: () => Promise<Arena>;
  readonly tasks: number;
  readonly asked: Strokes;
  /** ms that one of them needs. */
  readonly strokeTakes: number;
}

/** What is not dealt in the first stage. */
const none = {
  ...{ failovers: 0, asyncFailovers: 0, clusterFailovers: 0, slotMoves: 0 },
  ...{ unsavedKills: 0, everysecKills: 0 },
};
/** Nor in any other, unless it is what that is there for. */
const calm = { ...none, kills: 0, freezes: 0, redisKills: 0, networkFaults: 0 };

function countOf(strokes: Strokes): number {
  return Object.values(strokes).reduce((sum, count) => sum + count, 0);
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
