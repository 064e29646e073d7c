import { readBytes, readList, readNumber, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface WatchInput {
  /** Wire id of the client, as `atShard` names it when it listens there; its channel gets the results. */
  readonly client: string;
  /** At most 200. */
  readonly ids: readonly string[];
}

export type WatchedItem =
  | { readonly kind: 'watching' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'finished'; readonly value: Buffer };

export interface WatchReply {
  readonly now: number;
  readonly items: readonly WatchedItem[];
}

const watching: WatchedItem = Object.freeze({ kind: 'watching' });
const missing: WatchedItem = Object.freeze({ kind: 'missing' });

export const watch: Script<WatchInput, WatchReply> = {
  name: 'watch',
  keys: (keys, { ids }) => [keys.running, keys.watch, ...ids.map(keys.task)],
  argv: ({ client, ids }) => [client, ids.length, ...ids],
  reply: (raw, { ids }) => {
    const [now, ...items] = readList(raw, 'watch');
    if (items.length !== ids.length) throw unexpected('watch', raw);
    return { now: readNumber(now, 'watch'), items: items.map(readItem) };
  },
};

function readItem(raw: unknown): WatchedItem {
  if (raw === 1) return watching;
  if (raw === 0) return missing;
  return { kind: 'finished', value: readBytes(raw, 'watch') };
}
