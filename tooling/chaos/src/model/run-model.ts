import { queuePatterns } from '@q/core/wire';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { DefectName } from '../defects/defects.ts';
import { type Act, storyOf } from './act.ts';
import { WorldJudge } from './judge-world.ts';
import { World } from './world.ts';

export interface ModelOptions {
  readonly url: string;
  readonly seed: number;
  readonly runs: number;
  /** Acts of one run, at most. */
  readonly length: number;
  /** Planted in the scripts. @default none */
  readonly defect?: DefectName;
  /** Answer the first story in which something is wrong, not the shortest one like it. @default false */
  readonly endOnFailure?: boolean;
}

/** A look costs as much as many acts, and with an audit twice as much. */
const lookEvery = 6;
const auditEvery = 12;
/** Stories told at the same time: each waits for Redis most of the time. */
const lanes = 4;

let worlds = 0;

/**
 * Tells stories of workers and producers and holds Redis against what must be true after each.
 * Rejects with the shortest story that was found in which something is not, and how to tell it again.
 */
export async function runModel({
  url,
  seed,
  runs,
  length,
  defect,
  endOnFailure = false,
}: ModelOptions): Promise<void> {
  const redis = new Redis(url);
  const told = async (story: readonly Act[]): Promise<void> => tell(redis, story, defect);
  const tellSome = async (lane: number): Promise<void> => {
    const numRuns = Math.ceil((runs - lane) / lanes);
    const parameters = { seed: seed + lane, numRuns, endOnFailure, includeErrorInReport: true };
    await fc.assert(fc.asyncProperty(storyOf(length), told), parameters);
  };
  try {
    const ends = await Promise.allSettled(
      Array.from({ length: Math.min(lanes, runs) }, (_, lane) => tellSome(lane)),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    redis.disconnect();
  }
}

async function tell(redis: Redis, story: readonly Act[], defect: DefectName | undefined): Promise<void> {
  worlds += 1;
  const world = new World(redis, `model-${process.pid}-${worlds}`, defect);
  // An audit is the first to see what a planted mistake has done: the other rules have to see it, too.
  const audits = defect === undefined;
  const judge = new WorldJudge(world);
  await world.begin();
  for (const [at, act] of story.entries()) {
    await world.act(act);
    if (at % lookEvery === 0)
      requireNothing(await judge.look({ audits: audits && at % auditEvery === 0 }), at);
  }
  requireNothing(await judge.look({ audits }), story.length);
  requireNothing(await judge.lookAtTheEnd(await world.drain(), { audits }), Number.POSITIVE_INFINITY);
  const names = await redis.keys(queuePatterns(world.keys.queue).keys);
  if (names.length > 0) await redis.unlink(...names);
}

function requireNothing(found: readonly string[], at: number): void {
  if (found.length === 0) return;
  const when = Number.isFinite(at) ? `after act ${at}` : 'in the end';
  throw new Error(`${when}:\n${found.join('\n')}`);
}
