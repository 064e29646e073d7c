import { isCodecId, isWord } from '../contract/names.ts';
import { fieldBefore, joinBytes } from './bytes.ts';
import { decodeMoment, decodeNumber, encodeMoment, encodeNumber, momentLength } from './numerals.ts';

const lineFeed = 10;

/** What a worker says of one finished run, the opaque part of a `+` or `-` value. */
export interface ResultFacts {
  readonly name: string;
  readonly createdAt: number;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly tries: number;
  /** Id of the codec that wrote the payload; empty for the default one. */
  readonly codec: string;
}

/** Of a finished task: who settled it, and what follows its header. */
interface WorkerValue {
  readonly worker: string | null;
  readonly body: Buffer;
}

export interface StoredResult extends ResultFacts {
  /** Wire id of the worker. */
  readonly worker: string;
  readonly payload: Buffer;
}

/**
 * What follows the header. One line: finishedAt and, right behind it, the name; startedAt as ms after enqueuedAt; that as ms
 * after createdAt; finishedAt as ms after startedAt; tries; codec. No distance and one try are empty, and what is empty at
 * the end is left out. Numbers are to base 64. Then the payload, and no line end before none.
 */
export function encodeResult(facts: ResultFacts, payload: string | Uint8Array): string | Uint8Array {
  const { codec, createdAt, enqueuedAt, startedAt, finishedAt, tries, name } = facts;
  const charged = fieldBefore(fieldBefore('', codec), tries === 1 ? '' : encodeNumber(tries));
  const ran = fieldBefore(charged, encodeDistance(finishedAt - startedAt));
  const held = fieldBefore(ran, encodeDistance(enqueuedAt - createdAt));
  const waited = fieldBefore(held, encodeDistance(startedAt - enqueuedAt));
  const line = encodeMoment(finishedAt) + name + waited;
  return payload.length === 0 ? line : joinBytes(`${line}\n`, payload);
}

/** `null` for bytes that no worker of this version writes. */
export function decodeResult({ worker, body }: WorkerValue): StoredResult | null {
  const found = body.indexOf(lineFeed);
  const end = found === -1 ? body.length : found;
  const [name = '', waited = '', held = '', ran = '', charged = '', codec = ''] = body
    .toString('utf8', momentLength, end)
    .split(';');
  const finishedAt = finishedAtOf(body);
  if (worker === null || finishedAt === null) return null;
  const startedAt = finishedAt - decodeDistance(ran);
  const enqueuedAt = startedAt - decodeDistance(waited);
  const createdAt = enqueuedAt - decodeDistance(held);
  const tries = charged === '' ? 1 : decodeNumber(charged);
  if (!isWord(name) || (codec !== '' && !isCodecId(codec))) return null;
  if (!areWhole(createdAt, enqueuedAt, startedAt, tries)) return null;
  const payload = body.subarray(end + 1);
  return { createdAt, enqueuedAt, startedAt, finishedAt, tries, name, worker, codec, payload };
}

/** When a run ended, told without reading the rest of its result; `null` for bytes that do not begin with that. */
export function finishedAtOf(body: Buffer): number | null {
  const finishedAt = decodeMoment(body.toString('latin1', 0, momentLength));
  return Number.isNaN(finishedAt) ? null : finishedAt;
}

function areWhole(...numbers: readonly number[]): boolean {
  return numbers.every(Number.isSafeInteger);
}

/** Clocks differ: it may be negative. */
function encodeDistance(ms: number): string {
  return ms === 0 ? '' : encodeNumber(ms);
}

function decodeDistance(field: string): number {
  return field === '' ? 0 : decodeNumber(field);
}
