import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueKeys } from '@q/core/wire';
import { expect, it } from 'vitest';
import { unexcused } from '../checker/unexcused.ts';
import { singleArena } from './arena.ts';
import { judgePieces } from './judge-pieces.ts';
import { idsOfPiece, piecesOf } from './piece.ts';
import { runStage } from './run-stage.ts';
import { smokeSize } from './storm-options.ts';

it('a fault that cannot be dealt is complained of, and the storm goes on', { timeout: 60_000 }, async () => {
  const ledgers = await mkdtemp(join(tmpdir(), 'q-stage-'));
  await using arena = await singleArena('P2', 0);
  const keys = queueKeys('stage');
  const [piece] = piecesOf({ ...smokeSize, seed: 1, tasks: 200, duration: 3_000, workers: 1, producers: 1 });
  if (piece === undefined) throw new Error('a storm has a piece');
  const log: string[] = [];
  const played = await runStage({
    ...piece.storm,
    arena,
    keys,
    ledgers,
    ids: idsOfPiece(piece.number),
    // A single server has nobody to hand over to.
    strokes: [
      { at: 0.1, stroke: { kind: 'fail over', how: 'hand over' } },
      { at: 0.5, stroke: { kind: 'kill redis', lasts: 100 } },
    ],
    log: (line) => void log.push(line),
  });
  const report = await judgePieces({ arena, keys, played: [{ piece, ledgers, ...played }] });
  expect(
    unexcused(report).map(({ rule }) => rule),
    log.join('\n'),
  ).toEqual(['every fault of the plan is dealt']);
  expect(report, log.join('\n')).toMatchObject({ acknowledged: 200, lost: 0, faults: { redis: 1 } });
  await rm(ledgers, { recursive: true });
});
