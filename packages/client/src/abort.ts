import { QueueUnavailableError } from '@q/core';
import { type AbortReply, abort } from '@q/core/wire';
import { errorForTask } from './call-error.ts';
import { ResultMissingError, ResultTimeoutError } from './errors.ts';
import { monotonicNow } from './monotonic-now.ts';
import { decodeFinished } from './read-result.ts';
import type { Session } from './session.ts';
import { waitForResult } from './wait-for-result.ts';
import { type ResolvedWaitOptions, resolveWaitOptions, type WaitOptions } from './wait-options.ts';

/** Each late answer teaches the time of Redis. */
const mostLateAnswers = 5;

/**
 * Whether the task ended as aborted. One that waits ends at once; for one that is running its worker is told, and this
 * waits for its end, by default as long as any call may take. To ask takes up to the client's `deadline`, whatever the timeout.
 *
 * @throws QueueUnavailableError · ClientClosedError · the signal's reason
 */
export async function abortTask(session: Session, id: string, options: WaitOptions): Promise<boolean> {
  session.requireOpen();
  const { timeout = session.deadline, signal } = resolveWaitOptions(options);
  signal?.throwIfAborted();
  const until = monotonicNow() + timeout;
  const { kind } = await askToAbort(session, id, signal);
  if (kind === 'aborted') return true;
  if (kind !== 'asked') return false;
  return endsAborted(session, id, { timeout: Math.max(0, until - monotonicNow()), signal });
}

async function askToAbort(
  { port, deadline, queue }: Session,
  id: string,
  signal: AbortSignal | undefined,
): Promise<AbortReply> {
  const until = monotonicNow() + deadline;
  for (let lateAnswers = 0; lateAnswers < mostLateAnswers; lateAnswers += 1) {
    const left = until - monotonicNow();
    const input = { id, notAfter: Math.floor(port.clock.now() + left) };
    const reply = await port.run(abort, input, { deadline: left, id, signal }).catch((error: unknown) => {
      throw errorForTask(error, id, queue);
    });
    if (reply.kind !== 'late') return reply;
  }
  throw new QueueUnavailableError({ id, queue, after: deadline });
}

async function endsAborted(session: Session, id: string, options: ResolvedWaitOptions): Promise<boolean> {
  try {
    const { value } = await waitForResult(session, id, options);
    return decodeFinished({ id }, value).code === 'a';
  } catch (error) {
    if (error instanceof ResultTimeoutError || error instanceof ResultMissingError) return false;
    throw error;
  }
}
