import type { ClusterSet, RedisAddress } from '@q/dev-redis';
import type { Masters } from './strike-master.ts';

/** Where a queue is in a Cluster. */
export interface ClusterPlace extends Masters {
  readonly address: RedisAddress;
  readonly slot: number;
}

export async function clusterPlace(set: ClusterSet, queue: string): Promise<ClusterPlace> {
  const slot = await set.slotOf(queue);
  return {
    address: { kind: 'cluster', nodes: set.nodes },
    slot,
    master: () => set.masterOf(slot),
    replaced: (old) => set.replaced(slot, old),
    whole: () => set.whole(),
  };
}
