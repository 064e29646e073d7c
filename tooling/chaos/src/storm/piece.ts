import type { StormOptions } from './storm-options.ts';

/** A part of a stage: it is enqueued, broken and drained before the next one begins. */
export interface Piece {
  /** From 1. */
  readonly number: number;
  /** Its share of the stage. */
  readonly storm: StormOptions;
}

/** Cuts a stage up; what cannot be divided goes to the later ones. */
export function piecesOf(storm: StormOptions): readonly Piece[] {
  const { pieces } = storm;
  return Array.from({ length: Math.max(1, pieces) }, (_, index) => {
    const share = (whole: number): number =>
      Math.floor((whole * (index + 1)) / Math.max(1, pieces)) -
      Math.floor((whole * index) / Math.max(1, pieces));
    const { tasks, kills, freezes, redisKills, failovers, slotMoves, networkFaults, duration } = storm;
    const shares = {
      tasks: share(tasks),
      kills: share(kills),
      freezes: share(freezes),
      redisKills: share(redisKills),
      failovers: share(failovers),
      slotMoves: share(slotMoves),
      networkFaults: share(networkFaults),
      duration: share(duration),
    };
    return { number: index + 1, storm: { ...storm, ...shares, seed: storm.seed + index * seedsOfPiece } };
  });
}

/** A piece and each of its producers have a seed of their own. */
const seedsOfPiece = 1_000;

/** Begins the ids of a piece. */
export function idsOfPiece(number: number): string {
  return `p${number}-`;
}

/** The number of the piece that an id is of; 1 for one that no piece has made. */
export function pieceOfId(id: string): number {
  return Number(/^p(\d+)-/.exec(id)?.[1] ?? 1);
}
