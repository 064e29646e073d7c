import { joinBytes } from '../protocol/bytes.ts';
import { encodeResultHeader, type ResultCode } from '../protocol/header.ts';
import type { TriesRecord } from '../protocol/tries.ts';
import { encodeTries } from '../protocol/tries.ts';
import type { Start } from './enqueue.ts';
import { encodeStart } from './enqueue.ts';
import type { ScriptArgument } from './script.ts';

/** What a worker says of one task that it held. */
export type SettleOutcome =
  | {
      readonly kind: 'succeed' | 'fail';
      /** How long the result is kept, ms; `null` for ever. */
      readonly ttl: number | null;
      readonly nonce: string;
      readonly lock: string;
      /** The run's promise is still open: the lock stays until `unlock`. */
      readonly keepLock: boolean;
      /** Epoch ms of Redis, as the worker knows it. */
      readonly finishedAt: number;
      /** As `encodeResult` makes it. */
      readonly body: string | Uint8Array;
    }
  | { readonly kind: 'abort'; readonly tries: TriesRecord; readonly lock: string; readonly keepLock: boolean }
  | { readonly kind: 'malformed' }
  | {
      readonly kind: 'retry';
      readonly start: Start;
      readonly tries: TriesRecord;
      /** What is kept of this try's error, JSON of at most 4 KiB. */
      readonly error: string;
      readonly lock: string;
    }
  /** `tries` is `null` for a task that was not started: nothing is written about it. */
  | { readonly kind: 'release'; readonly tries: TriesRecord | null; readonly lock: string }
  | {
      readonly kind: 'unknown';
      readonly tries: TriesRecord;
      readonly backoff: number;
      readonly grace: number;
    }
  | { readonly kind: 'unlock'; readonly lock: string };

export interface SettleItem {
  readonly id: string;
  readonly claim: number;
  readonly outcome: SettleOutcome;
}

/**
 * As step.lua lists them: neighbours that share outcome, claim, a, b and lock are one group, of which only the bodies
 * differ.
 */
export function settleArguments(worker: string, settles: readonly SettleItem[]): ScriptArgument[] {
  const argv: ScriptArgument[] = [];
  let before: SettleItem | undefined;
  let countAt = 0;
  let count = 0;
  for (const item of settles) {
    if (before === undefined || !haveOneHead(before, item)) {
      count = 0;
      countAt = argv.push(headOf(item), count) - 1;
    }
    before = item;
    count += 1;
    argv[countAt] = count;
    argv.push(bodyOf(worker, item));
  }
  return argv;
}

/** Results, which are nearly all that there is, without writing their heads. */
function haveOneHead(one: SettleItem, other: SettleItem): boolean {
  const [a, b] = [one.outcome, other.outcome];
  if (one.claim !== other.claim || a.kind !== b.kind) return false;
  if (!isResult(a) || !isResult(b)) return headOf(one) === headOf(other);
  return a.ttl === b.ttl && a.lock === b.lock && a.keepLock === b.keepLock;
}

function isResult(outcome: SettleOutcome): outcome is Extract<SettleOutcome, { kind: 'succeed' | 'fail' }> {
  return outcome.kind === 'succeed' || outcome.kind === 'fail';
}

/** outcome; claim number; a; b; lock */
function headOf({ claim, outcome }: SettleItem): string {
  switch (outcome.kind) {
    case 'succeed':
    case 'fail':
      return `${codeOf(outcome)};${claim};${outcome.ttl ?? '-'};;${lockOf(outcome)}`;
    case 'abort':
      return `abort;${claim};;${encodeTries(outcome.tries)};${lockOf(outcome)}`;
    case 'malformed':
      return `malformed;${claim};;;`;
    case 'retry': {
      const start = outcome.start.kind === 'now' ? '+0' : encodeStart(outcome.start);
      return `retry;${claim};${start};${encodeTries(outcome.tries)};${outcome.lock}`;
    }
    case 'release':
      return `release;${claim};;${outcome.tries === null ? '' : encodeTries(outcome.tries)};${outcome.lock}`;
    case 'unknown':
      return `unknown;${claim};${outcome.backoff};${encodeTries(outcome.tries)};`;
    case 'unlock':
      return `unlock;${claim};;;${outcome.lock}`;
  }
}

function bodyOf(worker: string, { claim, outcome }: SettleItem): ScriptArgument {
  switch (outcome.kind) {
    case 'succeed':
    case 'fail': {
      const { nonce, ttl, finishedAt, body } = outcome;
      const code = codeOf(outcome);
      return joinBytes(encodeResultHeader({ code, tag: `${worker}|${claim}`, nonce, ttl, finishedAt }), body);
    }
    case 'retry':
      return outcome.error;
    case 'unknown':
      return outcome.grace;
    case 'abort':
    case 'malformed':
    case 'release':
    case 'unlock':
      return '';
  }
}

function codeOf({ kind }: { readonly kind: 'succeed' | 'fail' }): ResultCode {
  return kind === 'succeed' ? '+' : '-';
}

function lockOf({ lock, keepLock }: { readonly lock: string; readonly keepLock: boolean }): string {
  return keepLock && lock !== '' ? `!${lock}` : lock;
}
