import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface LeaveInput {
  readonly worker: string;
}

/** `more`: call again, what is held goes back in steps. */
export interface LeaveReply {
  readonly kind: 'left' | 'more';
  readonly now: number;
}

export const leave: Script<LeaveInput, LeaveReply> = {
  name: 'leave',
  keys: (keys, { worker }) => [
    keys.running,
    keys.claims(worker),
    keys.workers,
    keys.worker(worker),
    keys.inbox(worker),
    keys.ready,
    keys.bell,
    keys.suspects,
    keys.tries,
    keys.dead,
    keys.unique,
  ],
  argv: ({ worker }) => [worker],
  reply: (raw) => {
    const [now, status] = readList(raw, 'leave');
    const kind = readText(status, 'leave');
    if (kind === 'left' || kind === 'more') return { kind, now: readNumber(now, 'leave') };
    throw unexpected('leave', raw);
  },
};
