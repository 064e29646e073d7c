import { parseDuration } from '@q/core/wire';
import { ResultTimeoutError } from './errors.ts';
import { OutOfTimeError } from './limits.ts';
import { monotonicNow } from './monotonic-now.ts';
import type { FinishedValue } from './read-result.ts';
import type { Session } from './session.ts';
import { requireWaitOptions, type WaitOptions } from './wait-options.ts';

/** @throws ResultTimeoutError · the signal's reason · ResultMissingError · ClientClosedError */
export async function waitForResult(
  session: Session,
  id: string,
  options: WaitOptions,
): Promise<FinishedValue> {
  requireWaitOptions(options);
  const { timeout, signal } = options;
  const ms = timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(timeout, 'option "timeout"');
  try {
    return await session.results.wait(id, { until: monotonicNow() + ms, signal });
  } catch (error) {
    if (error instanceof OutOfTimeError) throw new ResultTimeoutError(id, ms);
    throw error;
  }
}
