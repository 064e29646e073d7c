import type { BuiltInFailureType } from '@q/core';
import type { TriesRecord } from '@q/core/wire';
import { TaskTimeoutError } from '../errors.ts';
import { retryDelay, unknownDelay } from '../retry/backoff.ts';
import { Retry, type RetryStart } from '../retry/retry.ts';
import type { DeclaredError, Run } from './run.ts';

/** What Redis should be told about a run. */
export type Outcome =
  | { readonly kind: 'succeed'; readonly value: unknown }
  | { readonly kind: 'fail'; readonly type: BuiltInFailureType; readonly error: unknown }
  | { readonly kind: 'fail-declared'; readonly error: DeclaredError }
  | { readonly kind: 'retry'; readonly start: RetryStart; readonly tries: TriesRecord; readonly error: Retry }
  | { readonly kind: 'release'; readonly tries: TriesRecord }
  | { readonly kind: 'abort'; readonly tries: TriesRecord }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown'; readonly tries: TriesRecord; readonly backoff: number }
  | { readonly kind: 'drop' };

/** What is known of a delivery before its run. */
export interface Attempt {
  readonly tries: TriesRecord;
  /** `null`: no limit. */
  readonly maxTries: number | null;
}

/** Pure on purpose: every rule about retries is a row in the test beside it, with no Redis and no clock. */
export function decideOutcome(run: Run, attempt: Attempt, now: number): Outcome {
  switch (run.kind) {
    case 'returned':
      return { kind: 'succeed', value: run.value };
    case 'threw':
      return Retry.is(run.error)
        ? retryOrFail(run.error, attempt)
        : { kind: 'fail', type: 'error', error: run.error };
    case 'failed':
      return { kind: 'fail-declared', error: run.error };
    case 'invalid':
      return { kind: 'fail', type: 'invalid', error: run.error };
    case 'timed-out':
      return { kind: 'fail', type: 'timeout', error: new TaskTimeoutError(run.after, runOf(attempt)) };
    case 'aborted':
      return { kind: 'abort', tries: charged(attempt.tries) };
    case 'shut-down':
      // A deploy must not use up a task's tries.
      return { kind: 'release', tries: { ...attempt.tries, attempts: attempt.tries.attempts + 1 } };
    case 'lost':
      return { kind: 'drop' };
    case 'malformed':
      return { kind: 'malformed' };
    case 'unknown':
      return unknownHere(attempt.tries, now);
  }
}

function retryOrFail(error: Retry, { tries, maxTries }: Attempt): Outcome {
  const record = charged(tries);
  if (maxTries !== null && record.tries >= maxTries) return { kind: 'fail', type: 'error', error };
  const start = Retry.startOf(error) ?? { kind: 'delay', ms: retryDelay(record.tries) };
  return { kind: 'retry', start, tries: record, error };
}

function runOf({ tries, maxTries }: Attempt): string {
  return ` (try ${tries.tries + 1}${maxTries === null ? '' : ` of ${maxTries}`})`;
}

/** A task that came to its end here crashes nobody and has a handler: neither is held against it any longer. */
function charged({ tries, attempts }: TriesRecord): TriesRecord {
  return { tries: tries + 1, attempts: attempts + 1, crashes: 0, firstUnknownAt: null };
}

function unknownHere(tries: TriesRecord, now: number): Outcome {
  const { firstUnknownAt } = tries;
  return {
    kind: 'unknown',
    tries: { ...tries, firstUnknownAt: firstUnknownAt ?? now },
    backoff: unknownDelay(firstUnknownAt, now),
  };
}
