import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterSet, startClusterSet } from '@q/dev-redis';
import type { Fault } from './fault.ts';
import { playActs } from './play-acts.ts';

export const movedCluster: Fault = {
  name: 'moved-cluster',
  promise:
    'the slot of a queue is moved, handed over and its master killed under load: nothing is lost by a move or a hand-over, nor, when it was waited for a replica, by a kill',
  sizes: { small: null, gate: 1, full: 5 },
  play: async (size) => {
    await using set = await startClusterSet();
    const [moved, struck] = [await placeOf(set, 'moved'), await placeOf(set, 'struck')];
    const borne = await playActs(size, [
      {
        ...{ place: moved, queue: 'moved', replicas: 0 },
        strokes: {
          'move slot': () => moveSlot(set, moved.slot),
          'hand over': () => handOver(set, moved.slot),
        },
      },
      {
        ...{ place: struck, queue: 'struck', replicas: 1 },
        strokes: { 'kill master': () => killMaster(set, struck.slot) },
      },
    ]);
    return borne;
  },
};

/** ms for which half of the keys are here and half are there. */
const halfMoved = 500;

async function placeOf(set: ClusterSet, queue: string) {
  const slot = await set.slotOf(queue);
  const address = { kind: 'cluster', nodes: set.nodes } as const;
  return { address, slot, master: () => set.masterOf(slot) };
}

async function moveSlot(set: ClusterSet, slot: number): Promise<void> {
  // The state itself is what is tested: there is nothing else to wait for.
  await set.migrate(slot, () => sleep(halfMoved));
  await set.whole();
}

async function handOver(set: ClusterSet, slot: number): Promise<void> {
  await set.failover(slot);
  await set.whole();
}

async function killMaster(set: ClusterSet, slot: number): Promise<void> {
  const master = await set.masterOf(slot);
  await master.kill();
  await set.replaced(slot, master);
  await master.restart();
  await set.whole();
}
