import { readList, readNumber, readText, readTexts, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface HeldInput {
  readonly worker: string;
}

export type HeldReply =
  | {
      readonly kind: 'held';
      readonly now: number;
      /** Claim number → ids of it that are still held, in claim order. */
      readonly claims: ReadonlyMap<number, readonly string[]>;
    }
  | { readonly kind: 'lapsed'; readonly now: number };

export const held: Script<HeldInput, HeldReply> = {
  name: 'held',
  keys: (keys, { worker }) => [keys.running, keys.claims(worker), keys.workers],
  argv: ({ worker }) => [worker],
  reply: (raw) => {
    const [at, status, flat] = readList(raw, 'held');
    const now = readNumber(at, 'held');
    const kind = readText(status, 'held');
    if (kind === 'held') return { kind, now, claims: byClaim(readTexts(flat, 'held')) };
    if (kind === 'lapsed') return { kind, now };
    throw unexpected('held', raw);
  },
};

function byClaim(flat: readonly string[]): Map<number, string[]> {
  const claims = new Map<number, string[]>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const id = flat[at] ?? '';
    const tag = flat[at + 1] ?? '';
    const number = Number(tag.slice(tag.lastIndexOf('|') + 1));
    const ids = claims.get(number);
    if (ids === undefined) claims.set(number, [id]);
    else ids.push(id);
  }
  return claims;
}
