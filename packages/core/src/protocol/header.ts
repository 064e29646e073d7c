import { fieldBefore } from './bytes.ts';

/** Kept when a header names no other time: five minutes, in ms. */
export const defaultTtl = 300_000;

/** `q` ready, `d` due later. `w` waiting for others and `g` gated are kept free for features to come. */
export type PendingState = 'q' | 'd';

/** What a unique task does when another run holds its lock: `u` fails, `s` is skipped. */
export type LockMode = '' | 'u' | 's';

/** The handler returned, or it failed for good. */
export type ResultCode = '+' | '-';

/** How a task ended. `+` and `-` carry a body made by the worker, the others nothing but the envelope's first line. */
export type FinishCode = ResultCode | 'a' | 'e' | 'p' | 'c' | 'u' | 'r' | 'm';

export interface PendingHeader {
  readonly state: PendingState;
  readonly lockMode: LockMode;
  /** Tells a producer's own first send from somebody else's task; empty for generated ids. */
  readonly nonce: string;
  /** Hash that names a lock; empty for most. */
  readonly lock: string;
  /** How long scripts that end this task keep the result, ms; `null` for ever. */
  readonly ttl: number | null;
}

export interface FinishedHeader {
  readonly code: FinishCode;
  /** Worker and claim that settled it; empty when a script ended it while nobody held it. */
  readonly tag: string;
  readonly nonce: string;
  /** Epoch ms until which the result may be read, when its key stays longer than that; `null` as long as it is there. */
  readonly readableUntil: number | null;
  /** Epoch ms; `null` where a worker wrote the result, whose line says it. */
  readonly finishedAt: number | null;
  readonly cause: string;
  /** Tries charged before a script ended it. */
  readonly tries: number;
}

/** What nearly all tasks have: ready, nothing special. */
export const plainHeader: PendingHeader = Object.freeze({
  state: 'q',
  lockMode: '',
  nonce: '',
  lock: '',
  ttl: defaultTtl,
});
const plainLine = 'q;;;;;;\n';
const plainBytes = Buffer.from(plainLine);

/** Told by its bytes, without making a text of them. */
export function hasPlainHeader(value: Uint8Array | string): boolean {
  if (typeof value === 'string') return value.startsWith(plainLine);
  for (let at = 0; at < plainBytes.length; at += 1) if (value[at] !== plainBytes[at]) return false;
  return true;
}

/** Fields: state and flags; level; nonce; expireAt; lock; gate key; parents; ttl when it is not the default. */
export function encodePendingHeader(header: PendingHeader): string {
  const { state, lockMode, nonce, lock, ttl } = header;
  if (state === 'q' && nonce === '' && lock === '' && ttl === defaultTtl) return plainLine;
  const kept = ttl === defaultTtl ? '' : `;${ttl ?? '-'}`;
  return `${state}${lockMode};;${nonce};;${lock};;${kept}\n`;
}

export function isFinishCode(byte: string): byte is FinishCode {
  return byte.length === 1 && '+-aepcurm'.includes(byte);
}

function isResultCode(code: FinishCode): code is ResultCode {
  return code === '+' || code === '-';
}

export function decodePendingHeader(line: string): PendingHeader | null {
  const [first = '', , nonce = '', , lock = '', , , ttl = ''] = line.split(';');
  const state = first.charAt(0);
  const lockMode = first.slice(1);
  if (state !== 'q' && state !== 'd') return null;
  if (lockMode !== '' && lockMode !== 'u' && lockMode !== 's') return null;
  return { state, lockMode, nonce, lock, ttl: ttl === '-' ? null : isWhole(ttl) ? Number(ttl) : defaultTtl };
}

/** What scripts take for a number; anything else counts as absent, there as here. */
function isWhole(field: string): boolean {
  return /^\d{1,16}$/.test(field);
}

/** How long the key of an ended task stays at least, in ms: late duplicates and waiters find it. */
const leastKept = 60_000;

/** What a worker writes before its result: a header without the fields that only scripts need. */
export function encodeResultHeader(header: {
  readonly code: ResultCode;
  readonly tag: string;
  readonly nonce: string;
  readonly ttl: number | null;
  readonly finishedAt: number;
}): string {
  const { code, tag, nonce, ttl, finishedAt } = header;
  const readableUntil = ttl !== null && ttl < leastKept ? String(finishedAt + ttl) : '';
  return `${code};${tag}${fieldBefore(fieldBefore('', readableUntil), nonce)}\n`;
}

/** Fields: code; tag; nonce; readableUntil; finishedAt; cause; tries. Those at the end may be left out, and a worker's result has no more than four. */
export function decodeFinishedHeader(line: string): FinishedHeader | null {
  const [code = '', tag = '', nonce = '', until = '', finishedAt = '', cause = '', tries = ''] =
    line.split(';');
  if (!isFinishCode(code) || (isResultCode(code) ? tag === '' : !isWhole(finishedAt))) return null;
  return {
    code,
    tag,
    nonce,
    readableUntil: isWhole(until) ? Number(until) : null,
    finishedAt: isResultCode(code) ? null : Number(finishedAt),
    cause,
    tries: isWhole(tries) ? Number(tries) : 0,
  };
}
