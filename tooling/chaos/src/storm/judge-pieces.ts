import type { QueueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';
import { check, stormRules } from '../checker/check.ts';
import { collectFacts } from '../checker/facts.ts';
import { readQueueState } from '../checker/queue-state.ts';
import { readLedgers } from '../ledger/read-ledgers.ts';
import type { Arena } from './arena.ts';
import { type Piece, pieceOfId } from './piece.ts';
import type { Played } from './run-stage.ts';
import { type PieceReport, reportPiece, type StageReport } from './stage-report.ts';
import { sumReports } from './sum-reports.ts';

export interface PlayedPiece extends Played {
  readonly piece: Piece;
  readonly ledgers: string;
}

export interface JudgedStage {
  readonly arena: Arena;
  readonly keys: QueueKeys;
  readonly played: readonly PlayedPiece[];
}

/**
 * Holds the ledgers of all pieces against what Redis has in the end, when all of them are over. One piece after the
 * other: a task is in the ledgers of its own piece only, and a million of them at once do not fit into memory.
 */
export async function judgePieces({ arena, keys, played }: JudgedStage): Promise<StageReport> {
  const redis = await arena.connect();
  try {
    const reports: PieceReport[] = [];
    for (const [at, piece] of played.entries())
      reports.push(await judgePiece(piece, { arena, keys, redis, audits: at === 0 }));
    const summed = sumReports(reports);
    const switches = arena.switches();
    return { ...summed, unasked: switches === null ? null : switches - summed.faults.redis };
  } finally {
    redis.disconnect();
  }
}

interface Place {
  readonly arena: Arena;
  readonly keys: QueueKeys;
  readonly redis: Redis;
  /** Takes minutes of a long storm, and is of the whole queue: once is enough. */
  readonly audits: boolean;
}

async function judgePiece(
  { piece, ledgers, complaints, took }: PlayedPiece,
  { arena, keys, redis, audits }: Place,
): Promise<PieceReport> {
  const facts = await collectFacts(readLedgers(ledgers));
  const isWanted = (id: string): boolean => pieceOfId(id) === piece.number;
  const state = await readQueueState(redis, keys, { isWanted, audits });
  const violations = [...complaints, ...check(facts, state, stormRules)];
  const { profile, servers, version } = arena;
  const known = { profile, servers, redis: version, tasks: piece.storm.tasks, took };
  return reportPiece({ ...known, facts, state, violations });
}
