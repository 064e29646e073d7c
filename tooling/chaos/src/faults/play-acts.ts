import type { RedisAddress } from '@q/dev-redis';
import { unexcused } from '../checker/unexcused.ts';
import type { Findings } from './fault.ts';
import { type Borne, Load } from './load.ts';

/** Some strokes against one queue under load, which is judged when all have been dealt. */
export interface Act {
  readonly queue: string;
  readonly place: {
    readonly address: RedisAddress;
    readonly master: () => Promise<{ readonly url: string }>;
  };
  /** 0: the strokes are such that nothing at all may go wrong. Else outcomes that no replica had may come anew, as in P3d. */
  readonly replicas: number;
  readonly strokes: Readonly<Record<string, (load: Load) => Promise<void>>>;
}

/** Deals each stroke of each act so many times. */
export async function playActs(rounds: number, acts: readonly Act[]): Promise<Findings> {
  const gaps = new Map<string, number>();
  const broken: string[] = [];
  let [acknowledged, lost, strokes] = [0, 0, 0];
  for (const { queue, place, replicas, strokes: dealt } of acts) {
    await using load = await Load.begin({ queue, ...place, replicas });
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, stroke] of Object.entries(dealt)) {
        const gap = await load.during(name, () => stroke(load));
        gaps.set(name, Math.max(gap, gaps.get(name) ?? 0));
        strokes += 1;
      }
    }
    const borne = await load.finish();
    acknowledged += borne.acknowledged;
    lost += borne.lost;
    broken.push(...brokenBy(borne, replicas));
  }
  const measured = Object.fromEntries([...gaps].map(([name, ms]) => [`no write by ${name}, ms`, ms]));
  return { figures: { strokes, acknowledged, lost, ...measured }, broken };
}

function brokenBy({ violations }: Borne, replicas: number): readonly string[] {
  const profile = replicas === 0 ? 'P2' : 'P3d';
  return unexcused({ profile, violations }).map(({ rule, id, what }) => `${rule}: ${id ?? ''} ${what}`);
}
