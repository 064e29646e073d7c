import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface JoinInput {
  readonly worker: string;
  /** What the worker says of itself, JSON. */
  readonly info: string;
  readonly lease: number;
}

export type JoinReply =
  | { readonly kind: 'joined'; readonly now: number }
  | { readonly kind: 'incompatible'; readonly now: number; readonly protocol: number };

export const join: Script<JoinInput, JoinReply> = {
  name: 'join',
  keys: (keys, { worker }) => [keys.running, keys.workers, keys.meta, keys.worker(worker)],
  argv: ({ worker, info, lease }) => [worker, lease, info, PROTOCOL_VERSION],
  reply: (raw) => {
    const [at, status, protocol] = readList(raw, 'join');
    const now = readNumber(at, 'join');
    const kind = readText(status, 'join');
    if (kind === 'joined') return { kind, now };
    if (kind === 'incompatible') return { kind, now, protocol: readNumber(protocol, 'join') };
    throw unexpected('join', raw);
  },
};
