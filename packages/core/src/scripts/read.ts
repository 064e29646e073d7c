import type { TriesRecord } from '../protocol/tries.ts';
import { decodeTries, noTries } from '../protocol/tries.ts';
import { readBytes, readList, readNumber, readText, readTexts, unexpected } from './reply.ts';
import type { Script } from './script.ts';

export interface ReadInput {
  /** At most 200. */
  readonly ids: readonly string[];
}

export interface ReadItem {
  readonly value: Buffer;
  /** Of the claim that holds it; `null` when nobody does. */
  readonly tag: string | null;
  /** Epoch ms at which it becomes ready; `null` unless it is scheduled. */
  readonly dueAt: number | null;
  readonly tries: TriesRecord;
  /** Errors of earlier tries, oldest first, as the worker wrote them. */
  readonly history: readonly string[];
}

export interface ReadReply {
  readonly now: number;
  /** `null` for an id that is not known. */
  readonly items: ReadonlyArray<ReadItem | null>;
}

export const read: Script<ReadInput, ReadReply> = {
  name: 'read',
  keys: (keys, { ids }) => [keys.running, keys.due, keys.tries, ...ids.map(keys.task)],
  argv: ({ ids }) => [ids.length, ...ids],
  reply: (raw, { ids }) => {
    const [now, ...items] = readList(raw, 'read');
    if (items.length !== ids.length) throw unexpected('read', raw);
    return { now: readNumber(now, 'read'), items: items.map(readItem) };
  },
};

function readItem(raw: unknown): ReadItem | null {
  if (raw === 0) return null;
  const [value, tag, due, tries, history] = readList(raw, 'read');
  const record = readText(tries, 'read');
  const dueAt = readText(due, 'read');
  return {
    value: readBytes(value, 'read'),
    tag: readText(tag, 'read') || null,
    dueAt: dueAt === '' ? null : Number(dueAt),
    tries: record === '' ? noTries : decodeTries(record),
    history: readTexts(history, 'read'),
  };
}
