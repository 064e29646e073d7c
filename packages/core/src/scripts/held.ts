import { readList, readNumber, readText, readTexts, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface HeldInput {
  readonly worker: string;
}

/** The lock of a unique run that has ended, but had not returned then. */
export interface KeptLock {
  readonly lock: string;
  readonly id: string;
  readonly claim: number;
}

export type HeldReply =
  | {
      readonly kind: 'held';
      readonly now: number;
      /** Claim number → ids of it that are still held, in claim order. */
      readonly claims: ReadonlyMap<number, readonly string[]>;
      readonly keptLocks: readonly KeptLock[];
    }
  | { readonly kind: 'lapsed'; readonly now: number };

export const held: Script<HeldInput, HeldReply> = {
  name: 'held',
  keys: (keys, { worker }) => [keys.running, keys.claims(worker), keys.workers, keys.unique],
  argv: ({ worker }) => [worker],
  reply: (raw) => {
    const [at, status, flat, kept] = readList(raw, 'held');
    const now = readNumber(at, 'held');
    const kind = readText(status, 'held');
    if (kind === 'held') {
      const keptLocks = readKeptLocks(readTexts(kept, 'held'));
      return { kind, now, claims: byClaim(readTexts(flat, 'held')), keptLocks };
    }
    if (kind === 'lapsed') return { kind, now };
    throw unexpected('held', raw);
  },
};

function byClaim(flat: readonly string[]): Map<number, string[]> {
  const claims = new Map<number, string[]>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const id = flat[at] ?? '';
    const number = claimOf(flat[at + 1]);
    const ids = claims.get(number);
    if (ids === undefined) claims.set(number, [id]);
    else ids.push(id);
  }
  return claims;
}

function readKeptLocks(flat: readonly string[]): KeptLock[] {
  const locks: KeptLock[] = [];
  for (let at = 0; at + 2 < flat.length; at += 3)
    locks.push({ lock: flat[at] ?? '', id: flat[at + 1] ?? '', claim: claimOf(flat[at + 2]) });
  return locks;
}

function claimOf(tag = ''): number {
  return Number(tag.slice(tag.lastIndexOf('|') + 1));
}
