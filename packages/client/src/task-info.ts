import type { AnyTask, ArgsOf, Codec, Headers } from '@q/core';
import { decodeTaskValue, type Envelope, type ReadItem } from '@q/core/wire';
import { decodeWith } from './codecs.ts';
import { type Status, statusOf } from './status.ts';

/** The error of one try that was followed by another. */
export interface EarlierTry {
  /** Number of the try, from 1 on. */
  readonly tries: number;
  /** Epoch ms. */
  readonly at: number;
  readonly name: string;
  readonly message: string;
}

/** What is known of an enqueued task that has not finished, whatever its types. Times are epoch ms of Redis. */
export interface AnyInfo {
  readonly id: string;
  readonly name: string;
  readonly status: Exclude<Status, 'missing' | 'done'>;
  /** As they were sent. */
  readonly args: readonly unknown[];
  /** Runs charged so far. */
  readonly tries: number;
  readonly headers: Headers;
  readonly createdAt: number;
  readonly enqueuedAt: number;
  /** When it becomes ready; `null` unless it is scheduled. */
  readonly dueAt: number | null;
  /** Errors of earlier tries, oldest first; the last ten are kept. */
  readonly history: readonly EarlierTry[];
}

export interface TaskInfo<Given extends AnyTask> extends AnyInfo {
  readonly args: Readonly<ArgsOf<Given>>;
}

/** `null` when nothing is known of it, when it has finished, and when what is stored is no envelope. @throws UnknownCodecError, PayloadMalformedError */
export function infoOf(id: string, item: ReadItem | null, codec: Codec): AnyInfo | null {
  if (item === null) return null;
  const value = decodeTaskValue(item.value);
  const status = statusOf(item);
  if (value?.kind !== 'pending' || value.envelope === null || status === 'done' || status === 'missing')
    return null;
  const { name, headers, createdAt, enqueuedAt } = value.envelope;
  const { dueAt, tries, history } = item;
  const args = readArguments(value.envelope, codec, id);
  return {
    id,
    name,
    status,
    args,
    tries: tries.tries,
    headers,
    createdAt,
    enqueuedAt,
    dueAt,
    history: history.flatMap(readEarlierTry),
  };
}

function readArguments({ codec: written, payload }: Envelope, codec: Codec, id: string): readonly unknown[] {
  const decoded = decodeWith(codec, written, payload, id);
  return Array.isArray(decoded) ? decoded : [decoded];
}

/** Written by workers as JSON; an entry of another version is left out. */
function readEarlierTry(text: string): EarlierTry[] {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return [];
  }
  return isEarlierTry(entry)
    ? [{ tries: entry.tries, at: entry.at, name: entry.name, message: entry.message }]
    : [];
}

function isEarlierTry(value: unknown): value is EarlierTry {
  if (typeof value !== 'object' || value === null) return false;
  const { tries, at, name, message }: Partial<Record<keyof EarlierTry, unknown>> = value;
  return (
    typeof tries === 'number' &&
    typeof at === 'number' &&
    typeof name === 'string' &&
    typeof message === 'string'
  );
}
