import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterSet, startClusterSet } from '@q/dev-redis';
import { clusterPlace } from './cluster-place.ts';
import type { Fault } from './fault.ts';
import { playActs } from './play-acts.ts';
import { killMaster } from './strike-master.ts';

export const movedCluster: Fault = {
  name: 'moved-cluster',
  promise:
    'the slot of a queue is moved, handed over and its master killed under load: nothing is lost by a move or a hand-over, nor, when it was waited for a replica, by a kill',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using set = await startClusterSet();
    const [moved, struck] = [await clusterPlace(set, 'moved'), await clusterPlace(set, 'struck')];
    return await playActs(size, [
      {
        ...{ place: moved, queue: 'moved', replicas: 0 },
        strokes: {
          'move slot': () => moveSlot(set, moved.slot),
          'hand over': () => handOver(set, moved.slot),
        },
      },
      {
        ...{ place: struck, queue: 'struck', replicas: 1 },
        strokes: { 'kill master': () => killMaster(struck) },
      },
    ]);
  },
};

/** ms for which half of the keys are here and half are there. */
const halfMoved = 500;

async function moveSlot(set: ClusterSet, slot: number): Promise<void> {
  // The state itself is what is tested: there is nothing else to wait for.
  await set.migrate(slot, () => sleep(halfMoved));
  await set.whole();
}

async function handOver(set: ClusterSet, slot: number): Promise<void> {
  await set.failover(slot);
  await set.whole();
}
