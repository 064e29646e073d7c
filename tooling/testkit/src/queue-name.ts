import { randomBytes } from 'node:crypto';
import { clusterSlot } from './cluster-slot.ts';
import { sharedSet } from './test-set.ts';

/** A queue name that no other test has, over all processes and runs, on the server that {@link sharedSet} names. */
export function queueName(): string {
  const slots = sharedSet()?.slots ?? null;
  for (;;) {
    const name = `test-${randomBytes(6).toString('hex')}`;
    const slot = clusterSlot(name);
    if (slots === null || (slot >= slots[0] && slot <= slots[1])) return name;
  }
}
