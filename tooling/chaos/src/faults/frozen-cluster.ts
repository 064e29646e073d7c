import { type ClusterSet, startClusterSet } from '@q/dev-redis';
import { type Fault, type Findings, unless } from './fault.ts';
import type { Load } from './load.ts';
import { playActs } from './play-acts.ts';

/** ms */
const bound = 5_000;
const queue = 'frozen';

export const frozenCluster: Fault = {
  name: 'frozen-cluster',
  promise:
    'the master of a Cluster that has the queue is frozen under load until its replica has taken over, and wakes: writes are taken again within 5 s, every wait is answered, and no task is lost that was waited for a replica; without that, what the frozen one had not yet copied on may be',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using set = await startClusterSet();
    const slot = await set.slotOf(queue);
    const place = {
      address: { kind: 'cluster', nodes: set.nodes },
      master: () => set.masterOf(slot),
    } as const;
    const borne = await playActs(size, [
      {
        queue,
        place,
        replicas: 1,
        strokes: { 'freeze master': (load) => freezeMaster(set, { slot, load }) },
      },
    ]);
    return withBound(borne);
  },
};

function withBound({ figures, broken }: Findings): Findings {
  const gap = figures['no write by freeze master, ms'] ?? Number.POSITIVE_INFINITY;
  return {
    figures: { ...figures, bound },
    broken: [...broken, ...unless([[gap <= bound, `no write was taken for ${gap} ms`]])],
  };
}

async function freezeMaster(
  set: ClusterSet,
  { slot, load }: { readonly slot: number; readonly load: Load },
): Promise<void> {
  const master = await set.masterOf(slot);
  await master.pause();
  try {
    await set.replaced(slot, master);
    await load.taken(performance.now());
  } finally {
    await master.resume();
  }
  await set.whole();
}
