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
      /** `encodeResultLine` and the payload. */
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

/** id, claim number, outcome, a, b, lock, body: as step.lua lists them. */
export function settleArguments({ id, claim, outcome }: SettleItem): ScriptArgument[] {
  switch (outcome.kind) {
    case 'succeed':
    case 'fail': {
      const code = outcome.kind === 'succeed' ? '+' : '-';
      return [id, claim, code, outcome.ttl ?? '-', outcome.nonce, lockOf(outcome), outcome.body];
    }
    case 'abort':
      return [id, claim, 'abort', '', encodeTries(outcome.tries), lockOf(outcome), ''];
    case 'malformed':
      return [id, claim, 'malformed', '', '', '', ''];
    case 'retry': {
      const start = outcome.start.kind === 'now' ? '+0' : encodeStart(outcome.start);
      return [id, claim, 'retry', start, encodeTries(outcome.tries), outcome.lock, outcome.error];
    }
    case 'release':
      return [
        id,
        claim,
        'release',
        '',
        outcome.tries === null ? '' : encodeTries(outcome.tries),
        outcome.lock,
        '',
      ];
    case 'unknown':
      return [id, claim, 'unknown', outcome.backoff, encodeTries(outcome.tries), '', outcome.grace];
    case 'unlock':
      return [id, claim, 'unlock', '', '', outcome.lock, ''];
  }
}

function lockOf({ lock, keepLock }: { readonly lock: string; readonly keepLock: boolean }): string {
  return keepLock && lock !== '' ? `!${lock}` : lock;
}
