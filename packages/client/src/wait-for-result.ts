import { ResultTimeoutError } from './errors.ts';
import { OutOfTimeError } from './limits.ts';
import { monotonicNow } from './monotonic-now.ts';
import type { FinishedValue } from './read-result.ts';
import type { Session } from './session.ts';
import type { ResolvedWaitOptions } from './wait-options.ts';

/** @throws ResultTimeoutError · the signal's reason · ResultMissingError · ClientClosedError */
export async function waitForResult(
  session: Session,
  id: string,
  { timeout: ms = Number.POSITIVE_INFINITY, signal }: ResolvedWaitOptions,
): Promise<FinishedValue> {
  try {
    return await session.results.wait(id, { until: monotonicNow() + ms, signal });
  } catch (error) {
    if (error instanceof OutOfTimeError) throw new ResultTimeoutError(id, ms);
    throw error;
  }
}
