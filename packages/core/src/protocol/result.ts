import { isCodecId, isWord } from '../contract/names.ts';
import type { FinishedTask } from './task-value.ts';

/** What a worker says of one finished run, the opaque part of a `+` or `-` value. */
export interface ResultFacts {
  readonly name: string;
  readonly createdAt: number;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  /** As in the header before it: the other moments are written as distances from it. */
  readonly finishedAt: number;
  readonly tries: number;
  /** Id of the codec that wrote the payload; empty for the default one. */
  readonly codec: string;
}

export interface StoredResult extends ResultFacts {
  /** Wire id of the worker. */
  readonly worker: string;
  readonly payload: Buffer;
}

/**
 * First line: codec; createdAt; enqueuedAt; startedAt, each as ms before the next, the last before finishedAt; tries;
 * name. No distance and one try are empty. The payload follows.
 */
export function encodeResultLine(facts: ResultFacts): string {
  const { codec, createdAt, enqueuedAt, startedAt, finishedAt, tries, name } = facts;
  const created = enqueuedAt - createdAt || '';
  const enqueued = startedAt - enqueuedAt || '';
  const started = finishedAt - startedAt || '';
  return `${codec};${created};${enqueued};${started};${tries === 1 ? '' : tries};${name}\n`;
}

/** `null` for bytes that no worker of this version writes. */
export function decodeResult(
  finished: Pick<FinishedTask, 'finishedAt' | 'worker' | 'body'>,
): StoredResult | null {
  const { finishedAt, worker, body } = finished;
  const end = body.indexOf(10);
  if (end === -1 || worker === null) return null;
  const parts = body.toString('utf8', 0, end).split(';');
  const [codec = '', created, enqueued, started, tries = '', name = ''] = parts;
  const startedAt = finishedAt - distance(started);
  const enqueuedAt = startedAt - distance(enqueued);
  const createdAt = enqueuedAt - distance(created);
  const triesMade = tries === '' ? 1 : Number(tries);
  if (!isWord(name) || (codec !== '' && !isCodecId(codec))) return null;
  if (!areWhole(createdAt, enqueuedAt, startedAt, triesMade)) return null;
  const payload = body.subarray(end + 1);
  return { createdAt, enqueuedAt, startedAt, finishedAt, tries: triesMade, name, worker, codec, payload };
}

function areWhole(...numbers: readonly number[]): boolean {
  return numbers.every(Number.isSafeInteger);
}

/** Clocks differ: it may be negative. */
function distance(field: string | undefined): number {
  return field === '' ? 0 : Number(field ?? Number.NaN);
}
