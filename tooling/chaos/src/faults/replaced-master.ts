import { type SentinelSet, startSentinelSet } from '@q/dev-redis';
import { type Fault, type Findings, unless } from './fault.ts';
import type { Load } from './load.ts';
import { playActs } from './play-acts.ts';

/** ms */
const bound = 5_000;

export const replacedMaster: Fault = {
  name: 'replaced-master',
  promise:
    'the master of a Sentinel set is replaced under load: writes are taken again within 5 s; nothing is lost by a hand-over, nor, when it was waited for a replica, by a kill or a freeze',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using set = await startSentinelSet();
    const place = {
      address: { kind: 'sentinels', ...set.connection },
      master: () => set.master(),
    } as const;
    const borne = await playActs(size, [
      { ...{ place, queue: 'handed', replicas: 0 }, strokes: { 'hand over': () => handOver(set) } },
      {
        ...{ place, queue: 'struck', replicas: 1 },
        strokes: { 'kill master': () => killMaster(set), 'freeze master': (load) => freezeMaster(set, load) },
      },
    ]);
    return withBound(borne);
  },
};

function withBound({ figures, broken }: Findings): Findings {
  const gaps = Object.entries(figures).filter(([name]) => name.endsWith(', ms'));
  const late = gaps.map(([name, ms]): readonly [boolean, string] => [ms <= bound, `${name}: ${ms}`]);
  return { figures: { ...figures, bound }, broken: [...broken, ...unless(late)] };
}

async function handOver(set: SentinelSet): Promise<void> {
  await set.failover();
  await set.whole();
}

async function killMaster(set: SentinelSet): Promise<void> {
  const master = await set.master();
  await master.kill();
  await set.replaced(master);
  await master.restart();
  await set.whole();
}

async function freezeMaster(set: SentinelSet, load: Load): Promise<void> {
  const master = await set.master();
  await master.pause();
  try {
    await set.replaced(master);
    await load.taken(performance.now());
  } finally {
    await master.resume();
  }
  await set.whole();
}
