import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface DefineInput {
  readonly worker: string;
  /** Epoch ms at which the worker started: the later one's definition holds. */
  readonly startedAt: number;
  readonly name: string;
  /** Hash of the definition: only workers with the same one fire it. */
  readonly hash: string;
  readonly definition: string;
  /** Next slot after now, epoch ms. */
  readonly slot: number;
}

/** `superseded`: a newer worker's definition holds; this worker must not fire it. */
export interface DefineReply {
  readonly kind: 'defined' | 'kept' | 'superseded';
  readonly now: number;
  /** The slot that is due next, epoch ms; may lie in the past. */
  readonly due: number;
}

export const define: Script<DefineInput, DefineReply> = {
  name: 'define',
  keys: (keys) => [keys.running, keys.schedules, keys.schedulesDue, keys.schedulesLast, keys.workers],
  argv: ({ worker, startedAt, name, hash, definition, slot }) => [
    worker,
    startedAt,
    name,
    hash,
    definition,
    slot,
  ],
  reply: (raw) => {
    const [now, status, due] = readList(raw, 'define');
    const kind = readText(status, 'define');
    if (kind !== 'defined' && kind !== 'kept' && kind !== 'superseded') throw unexpected('define', raw);
    return { kind, now: readNumber(now, 'define'), due: readNumber(due, 'define') };
  },
};
