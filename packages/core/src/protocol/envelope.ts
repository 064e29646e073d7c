import type { Headers } from '../contract/headers.ts';
import { isCodecId, isWord } from '../contract/names.ts';
import { lineEnd } from './bytes.ts';

/** What a producer says of one enqueued unit; the opaque part of a task's value. */
export interface Envelope {
  readonly name: string;
  /** Epoch ms at which `enqueue` was called. */
  readonly createdAt: number;
  /** Epoch ms at which the call that carried it was sent. */
  readonly enqueuedAt: number;
  readonly headers: Headers;
  /** Id of the codec that wrote the payload; empty for the default one. */
  readonly codec: string;
  /** A text where all of the bytes that it was read from are ASCII. */
  readonly payload: Buffer | string;
}

export type EnvelopeFacts = Omit<Envelope, 'payload'>;

const version = '1';
/** Bytes. Headers of 8 KiB, every character of them escaped, and the other fields stay below it. */
const longestLine = 65_536;
const noHeaders: Headers = Object.freeze({});

/** First line: version; codec; createdAt; enqueuedAt as ms after it; name; headers as JSON. The payload follows. */
export function encodeEnvelopeLine(facts: EnvelopeFacts): string {
  const { codec, createdAt, enqueuedAt, name, headers } = facts;
  const listed = headers === noHeaders || Object.keys(headers).length === 0 ? '' : JSON.stringify(headers);
  return `${version};${codec};${createdAt};${enqueuedAt - createdAt || ''};${name};${listed}\n`;
}

/**
 * `null` for bytes that no producer of this version writes.
 *
 * @param bytes - a text where all of them are ASCII
 * @param from - where it begins
 */
export function decodeEnvelope(bytes: Buffer | string, from = 0): Envelope | null {
  const end = lineEnd(bytes, from);
  if (end === -1 || end - from > longestLine) return null;
  const isText = typeof bytes === 'string';
  const parts = splitFields(isText ? bytes.slice(from, end) : bytes.toString('utf8', from, end), 5);
  if (parts === null) return null;
  const [written, codec = '', created, later = '', name = '', listed = ''] = parts;
  const createdAt = Number(created);
  const enqueuedAt = createdAt + Number(later);
  if (written !== version || !isTime(createdAt) || !isTime(enqueuedAt)) return null;
  // What is no name is somebody's bytes, and names stand in logs.
  if (!isWord(name) || (codec !== '' && !isCodecId(codec))) return null;
  const headers = listed === '' ? noHeaders : decodeHeaders(listed);
  if (headers === null) return null;
  const payload = isText ? bytes.slice(end + 1) : bytes.subarray(end + 1);
  return { name, createdAt, enqueuedAt, headers, codec, payload };
}

/** The first `count` semicolons divide, later ones belong to the last field: headers may hold any character. */
function splitFields(line: string, count: number): string[] | null {
  const fields: string[] = [];
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const at = line.indexOf(';', from);
    if (at === -1) return null;
    fields.push(line.slice(from, at));
    from = at + 1;
  }
  fields.push(line.slice(from));
  return fields;
}

function isTime(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function decodeHeaders(listed: string): Headers | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(listed);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  const headers: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') return null;
    headers[key] = value;
  }
  return headers;
}
