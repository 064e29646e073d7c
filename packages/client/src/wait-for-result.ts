import type { Duration } from '@q/core';
import { parseDuration } from '@q/core/wire';
import { ResultTimeoutError } from './errors.ts';
import { OutOfTimeError } from './limits.ts';
import { monotonicNow } from './monotonic-now.ts';
import type { FinishedValue } from './read-result.ts';
import type { Session } from './session.ts';

export interface WaitOptions {
  /** How long to wait; the task goes on whatever happens here. */
  readonly timeout?: Duration | undefined;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws ResultTimeoutError · the signal's reason · ResultMissingError · ClientClosedError */
export async function waitForResult(
  session: Session,
  id: string,
  { timeout, signal }: WaitOptions,
): Promise<FinishedValue> {
  const ms = timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(timeout, 'option "timeout"');
  try {
    return await session.results.wait(id, { until: monotonicNow() + ms, signal });
  } catch (error) {
    if (error instanceof OutOfTimeError) throw new ResultTimeoutError(id, ms);
    throw error;
  }
}
