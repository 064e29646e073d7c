import { type SentinelSet, startSentinelSet } from '@q/dev-redis';
import type { Fault } from './fault.ts';
import { playActs } from './play-acts.ts';
import { freezeMaster, killMaster } from './strike-master.ts';
import { withGapBound } from './with-gap-bound.ts';

export const replacedMaster: Fault = {
  name: 'replaced-master',
  promise:
    'the master of a Sentinel set, which writes without a replica, is replaced under load: writes are taken again within 5 s; nothing is lost by a hand-over, nor, when it was waited for a replica, by a kill or a freeze',
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
    return withGapBound(borne);
  },
};

async function handOver(set: SentinelSet): Promise<void> {
  await set.failover();
  await set.whole();
}
