import { readList, readNumber, readText, readTexts, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface RenewInput {
  readonly worker: string;
  readonly lease: number;
}

export type RenewReply =
  | {
      readonly kind: 'renewed';
      readonly now: number;
      /** Tasks of this worker whose abort was asked for. */
      readonly aborts: readonly string[];
    }
  | { readonly kind: 'lapsed'; readonly now: number };

export const renew: Script<RenewInput, RenewReply> = {
  name: 'renew',
  keys: (keys, { worker }) => {
    const { running, workers, dead, ready, bell, due, tries, suspects, aborts, watch, unique, meta } = keys;
    return [
      running,
      keys.worker(worker),
      workers,
      dead,
      ready,
      bell,
      due,
      tries,
      suspects,
      aborts,
      watch,
      unique,
      meta,
    ];
  },
  argv: ({ worker, lease }) => [worker, lease],
  reply: (raw) => {
    const [at, status, aborts] = readList(raw, 'renew');
    const now = readNumber(at, 'renew');
    const kind = readText(status, 'renew');
    if (kind === 'renewed') return { kind, now, aborts: readTexts(aborts, 'renew') };
    if (kind === 'lapsed') return { kind, now };
    throw unexpected('renew', raw);
  },
};
