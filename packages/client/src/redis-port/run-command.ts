import { QueueUnavailableError } from '@q/core';
import { type Limits, OutOfTimeError } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';
import { retryDelay } from './backoff.ts';
import type { Command, Connection } from './connection.ts';
import { ConnectionLostError, PortClosedError, RedisRefusedError } from './errors.ts';
import { judgeRejection, type Rejection, unanswered } from './judge-rejection.ts';

/** A command, or a script: first by its hash, then, should Redis not know it, with its text. */
export interface Call {
  /** For errors. */
  readonly name: string;
  readonly command: Command;
  readonly ifUnknown?: () => Command;
  /** Leave in one piece with it, and are answered together with it; to be refused is an answer of theirs. */
  readonly behind?: readonly Command[];
}

export interface CallFacts {
  readonly queue: string;
  /** The task that the call is about, for the error. */
  readonly id: string | null;
}

/** An answer, and when the question left and the answer came. */
export interface Answered {
  readonly kind: 'answered';
  readonly raw: unknown;
  readonly sentAt: number;
  readonly receivedAt: number;
}

type Again = Extract<Rejection, { kind: 'again' }>;
type Attempt = Answered | Exclude<Rejection, { kind: 'refused' }>;

/**
 * Sends a command until Redis answers it: scripts have the same effect once or twice, so whatever passes by itself (a
 * broken connection, a fail-over, a server that loads its data) is tried again until a limit is reached.
 */
export async function runCommand(
  connection: Connection,
  call: Call,
  limits: Limits,
  facts: CallFacts,
): Promise<Answered> {
  const startedAt = monotonicNow();
  const { command, ifUnknown } = call;
  let lastError: Error | undefined;
  let mayBeDone = false;
  try {
    for (let attempts = 0; ; attempts += 1) {
      if (!connection.isReady) await connection.whenReady(limits);
      let outcome = await attempt(connection, call, command, limits);
      if (outcome.kind === 'unknown-script' && ifUnknown !== undefined)
        outcome = await attempt(connection, call, ifUnknown(), limits);
      if (outcome.kind === 'answered') return outcome;
      const again = outcome.kind === 'again' ? outcome : unknownAgain(call);
      lastError = again.error;
      mayBeDone ||= again.mayBeDone;
      if (call.behind !== undefined) await findQueue(connection, call, limits);
      await connection.rest(retryDelay(attempts), limits);
    }
  } catch (error) {
    // Who is refused now may have been heard before, without an answer.
    const isOpen = error instanceof RedisRefusedError && mayBeDone;
    if (!isOpen && !(error instanceof OutOfTimeError) && !(error instanceof ConnectionLostError)) throw error;
    const cause = error instanceof OutOfTimeError ? (lastError ?? connection.lastError) : error;
    const after = Math.round(monotonicNow() - startedAt);
    throw new QueueUnavailableError({ ...facts, after }, cause === undefined ? {} : { cause });
  }
}

/**
 * ioredis follows a slot that has moved for a command that is alone, and remembers the way. It does not for several in one
 * piece of which one was carried out where they went, or failed for another reason, as `WAIT` does.
 */
async function findQueue(connection: Connection, { name, command }: Call, limits: Limits): Promise<void> {
  if (connection.link.isCluster && connection.isReady)
    await attempt(connection, { name, command }, command, limits);
}

function unknownAgain({ name }: Call): Again {
  const error = new ConnectionLostError(`Redis does not know "${name}" although its text was sent`);
  return { kind: 'again', error, mayBeDone: false };
}

/** Not asynchronous by itself, as little as it can be: there is a call for every few tasks. */
function attempt(
  connection: Connection,
  { name, behind }: Call,
  command: Command,
  limits: Limits,
): Promise<Attempt> {
  const sentAt = monotonicNow();
  const failed = (thrown: unknown): Attempt => judgeAttempt(thrown, name, limits);
  const answered = (raw: unknown): Attempt => ({ kind: 'answered', raw, sentAt, receivedAt: monotonicNow() });
  if (behind === undefined) return connection.send(...command, limits).then(answered, failed);
  return connection.sendInOnePiece([command, ...behind], limits).then(([raw, ...others]) => {
    const judged = judgeBehind(others, behind);
    return judged.kind === 'again' ? judged : answered([raw, ...judged.answers]);
  }, failed);
}

type Behind = Again | { readonly kind: 'answered'; readonly answers: readonly unknown[] };

/** The call in front of them was carried out: what is refused for good is an answer, all else is asked for again with it. */
function judgeBehind(outcomes: readonly unknown[], behind: readonly Command[]): Behind {
  const answers: unknown[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const [name = ''] = behind[at] ?? [];
    const rejection = outcome instanceof Error ? judgeRejection(outcome, name) : null;
    if (rejection?.kind === 'again') return { ...rejection, mayBeDone: true };
    answers.push(rejection?.kind === 'refused' ? rejection.error : outcome);
  }
  return { kind: 'answered', answers };
}

function judgeAttempt(thrown: unknown, name: string, limits: Limits): Attempt {
  if (thrown instanceof PortClosedError || limits.signal?.aborted === true) throw thrown;
  if (thrown instanceof ConnectionLostError) return { kind: 'again', error: thrown, mayBeDone: true };
  if (thrown instanceof OutOfTimeError) {
    if (monotonicNow() >= limits.until) throw thrown;
    return unanswered(`Redis did not answer "${name}"`);
  }
  const rejection = judgeRejection(thrown, name);
  if (rejection.kind === 'refused') throw rejection.error;
  return rejection;
}
