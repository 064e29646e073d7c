import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface UnwatchInput {
  readonly client: string;
  readonly ids: readonly string[];
}

export interface UnwatchReply {
  readonly kind: 'unwatched';
  readonly now: number;
}

export const unwatch: Script<UnwatchInput, UnwatchReply> = {
  name: 'unwatch',
  keys: (keys) => [keys.running, keys.watch],
  argv: ({ client, ids }) => [client, ids.length, ...ids],
  reply: (raw) => {
    const [now, status] = readList(raw, 'unwatch');
    const kind = readText(status, 'unwatch');
    if (kind !== 'unwatched') throw unexpected('unwatch', raw);
    return { kind, now: readNumber(now, 'unwatch') };
  },
};
