import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface FireInput {
  readonly name: string;
  readonly hash: string;
  /** The slot that is due, as this worker knows it: when another has moved it, nothing is done. */
  readonly due: number;
  /** The slot to fire: `due`, or a later one when several were missed; `null` only moves on. */
  readonly slot: number | null;
  readonly next: number;
  /** `cron:<name>:<slot>` */
  readonly id: string;
  readonly value: string | Uint8Array;
  /** Skip this occurrence while the one before it has not ended. */
  readonly exclusive: boolean;
}

export type FireReply =
  | { readonly kind: 'fired' | 'skipped'; readonly now: number; readonly due: number }
  /** `due` is `null` when the schedule is not known any more: define it again. */
  | { readonly kind: 'already' | 'stale' | 'early'; readonly now: number; readonly due: number | null };

export const fire: Script<FireInput, FireReply> = {
  name: 'fire',
  keys: (keys, { id }) => [
    keys.running,
    keys.schedules,
    keys.schedulesDue,
    keys.schedulesLast,
    keys.task(id),
    keys.ready,
    keys.bell,
  ],
  argv: (input) => [
    input.name,
    input.hash,
    input.due,
    input.slot ?? '',
    input.next,
    input.id,
    input.value,
    input.exclusive ? 1 : 0,
  ],
  reply: (raw) => {
    const [at, status, slot] = readList(raw, 'fire');
    const now = readNumber(at, 'fire');
    const kind = readText(status, 'fire');
    const due = readNumber(slot, 'fire');
    switch (kind) {
      case 'fired':
      case 'skipped':
        return { kind, now, due };
      case 'already':
      case 'stale':
      case 'early':
        return { kind, now, due: due < 0 ? null : due };
      default:
        throw unexpected('fire', raw);
    }
  },
};
