import { joinBytes, lineEnd } from './bytes.ts';
import type { Envelope, EnvelopeFacts } from './envelope.ts';
import { decodeEnvelope, encodeEnvelopeLine } from './envelope.ts';
import type { FinishedHeader, PendingHeader } from './header.ts';
import {
  decodeFinishedHeader,
  decodePendingHeader,
  encodePendingHeader,
  hasPlainHeader,
  isFinishCode,
  plainHeader,
} from './header.ts';
import { finishedAtOf } from './result.ts';

export interface PendingTask extends PendingHeader {
  readonly kind: 'pending';
  /** `null` when the bytes do not decode: the task ends as malformed, its bytes kept. */
  readonly envelope: Envelope | null;
}

export interface FinishedTask extends FinishedHeader {
  readonly kind: 'finished';
  readonly finishedAt: number;
  /** Wire id of the worker that settled it, or `null` when a script did while nobody held it. */
  readonly worker: string | null;
  readonly body: Buffer;
}

export type TaskValue = PendingTask | FinishedTask;

/** What `task:<id>` holds before the task has run. */
export function encodeTaskValue(
  header: PendingHeader,
  facts: EnvelopeFacts,
  payload: string | Uint8Array,
): string | Uint8Array {
  return joinBytes(encodeTaskLines(header, facts), payload);
}

/** All of a pending task's value but its payload. */
export function encodeTaskLines(header: PendingHeader, facts: EnvelopeFacts): string {
  return encodePendingHeader(header) + encodeEnvelopeLine(facts);
}

/** `null` for a value whose first line is no header of this version. @param value - a text where all of it is ASCII */
export function decodeTaskValue(value: Buffer | string): TaskValue | null {
  const end = lineEnd(value, 0);
  if (end === -1) return null;
  if (hasPlainHeader(value))
    return { kind: 'pending', ...plainHeader, envelope: decodeEnvelope(value, end + 1) };
  const line = typeof value === 'string' ? value.slice(0, end) : value.toString('latin1', 0, end);
  if (isFinishCode(line.charAt(0))) {
    const body = typeof value === 'string' ? Buffer.from(value.slice(end + 1)) : value.subarray(end + 1);
    return finishedTask(decodeFinishedHeader(line), body);
  }
  const header = decodePendingHeader(line);
  return header === null ? null : { kind: 'pending', ...header, envelope: decodeEnvelope(value, end + 1) };
}

/** Of a result with a ttl of 0 the header alone is kept, and it was over at the moment it was there. */
function finishedTask(header: FinishedHeader | null, body: Buffer): FinishedTask | null {
  if (header === null) return null;
  const { tag, readableUntil } = header;
  const finishedAt = header.finishedAt ?? (body.length === 0 ? readableUntil : finishedAtOf(body));
  if (finishedAt === null) return null;
  return { kind: 'finished', ...header, finishedAt, worker: workerOf(tag), body };
}

function workerOf(tag: string): string | null {
  const at = tag.lastIndexOf('|');
  return at === -1 ? null : tag.slice(0, at);
}
