import { startClusterSet } from '@q/dev-redis';
import { clusterPlace } from './cluster-place.ts';
import type { Fault } from './fault.ts';
import type { Load } from './load.ts';
import { playActs } from './play-acts.ts';
import { freezeMaster } from './strike-master.ts';
import { withGapBound } from './with-gap-bound.ts';

const queue = 'frozen';

export const frozenCluster: Fault = {
  name: 'frozen-cluster',
  promise:
    'the master of a Cluster that has the queue, and writes without a replica, is frozen under load until its replica has taken over, and wakes: writes are taken again within 5 s, every wait is answered, and no task is lost that was waited for a replica; without that, what the frozen one had not yet copied on may be',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using set = await startClusterSet();
    const place = await clusterPlace(set, queue);
    const strokes = { 'freeze master': (load: Load) => freezeMaster(place, load) };
    return withGapBound(await playActs(size, [{ queue, place, replicas: 1, strokes }]));
  },
};
