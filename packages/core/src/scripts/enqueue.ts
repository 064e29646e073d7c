import { readList, readNumber, readText, unexpected } from './reply.ts';
import type { Script, ScriptArgument } from './script.ts';

export type Start =
  | { readonly kind: 'now' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'at'; readonly at: number };

export interface EnqueueItem {
  readonly id: string;
  /** As `encodeTaskValue` makes it; state `q` when it starts now. */
  readonly value: string | Uint8Array;
  /** The nonce in the value's header; empty for a generated id, which no other item has. */
  readonly nonce: string;
  readonly start: Start;
}

export interface EnqueueInput {
  /** Epoch ms of Redis after which nothing is written any more. */
  readonly notAfter: number;
  /** At most 200, and 256 KiB together unless it is one. */
  readonly items: readonly EnqueueItem[];
  /** Wire id of a client that is told of all results, if all are new; only when all start now. */
  readonly watcher?: string;
}

export type EnqueuedItem =
  | { readonly kind: 'created' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly code: 'wrong-type' };

export type EnqueueReply =
  | { readonly kind: 'late'; readonly now: number }
  | {
      readonly kind: 'done';
      readonly now: number;
      readonly items: readonly EnqueuedItem[];
      /** The watcher is told of all results. */
      readonly isWatched: boolean;
    };

const created: EnqueuedItem = Object.freeze({ kind: 'created' });
const duplicate: EnqueuedItem = Object.freeze({ kind: 'duplicate' });
const wrongType: EnqueuedItem = Object.freeze({ kind: 'refused', code: 'wrong-type' });

export const enqueue: Script<EnqueueInput, EnqueueReply> = {
  name: 'enqueue',
  keys: (keys, { items }) => {
    const named = [keys.running, keys.ready, keys.bell, keys.due, keys.watch];
    for (const item of items) named.push(keys.task(item.id));
    return named;
  },
  argv: ({ notAfter, items, watcher = '' }) => {
    const argv: ScriptArgument[] = [notAfter, items.length, 0, watcher];
    const starts: ScriptArgument[] = [];
    for (const { value, nonce, start } of items) {
      argv.push(value);
      if (nonce !== '') argv[2] = 1;
      if (start.kind !== 'now') starts.push(argv.length - 4, encodeStart(start));
    }
    argv.push(...starts);
    return argv;
  },
  reply: (raw, { items, watcher = '' }) => {
    const [at, status, ...verdicts] = readList(raw, 'enqueue');
    const now = readNumber(at, 'enqueue');
    const kind = readText(status, 'enqueue');
    if (kind === 'late') return { kind, now };
    if (kind === 'created')
      return { kind: 'done', now, items: items.map(() => created), isWatched: watcher !== '' };
    if (kind === 'mixed' && verdicts.length === items.length)
      return { kind: 'done', now, items: verdicts.map(readVerdict), isWatched: false };
    throw unexpected('enqueue', raw);
  },
};

/** Empty for now, `+ms` from the time of Redis, `@` for a moment. */
export function encodeStart(start: Start): string {
  switch (start.kind) {
    case 'now':
      return '';
    case 'delay':
      return `+${start.ms}`;
    case 'at':
      return `@${start.at}`;
  }
}

function readVerdict(raw: unknown): EnqueuedItem {
  const verdict = readText(raw, 'enqueue');
  if (verdict === 'created') return created;
  if (verdict === 'duplicate') return duplicate;
  if (verdict === 'wrong-type') return wrongType;
  throw unexpected('enqueue', raw);
}
