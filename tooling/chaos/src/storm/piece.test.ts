import { expect, it } from 'vitest';
import { idsOfPiece, pieceOfId, piecesOf } from './piece.ts';
import { fullSize } from './storm-options.ts';

it('the pieces of a stage are all of it, each with a seed of its own', () => {
  const storm = { ...fullSize, seed: 7, pieces: 7, tasks: 1_000, kills: 20, redisKills: 3 };
  const pieces = piecesOf(storm);
  const total = (key: 'tasks' | 'kills' | 'redisKills' | 'failovers' | 'slotMoves' | 'duration'): number =>
    pieces.reduce((sum, piece) => sum + piece.storm[key], 0);
  expect(pieces.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect([total('tasks'), total('kills'), total('redisKills')]).toEqual([1_000, 20, 3]);
  const { failovers, slotMoves, duration } = fullSize;
  expect([total('failovers'), total('slotMoves'), total('duration')]).toEqual([
    failovers,
    slotMoves,
    duration,
  ]);
  expect(new Set(pieces.map(({ storm: { seed } }) => seed)).size).toBe(7);
});

it('an id tells its piece, and one that no piece has made counts to the first', () => {
  expect([pieceOfId(`${idsOfPiece(12)}producer-0-3-4`), pieceOfId('cron:tick:5')]).toEqual([12, 1]);
});
