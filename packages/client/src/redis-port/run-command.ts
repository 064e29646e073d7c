import { QueueUnavailableError } from '@q/core';
import { type Limits, OutOfTimeError } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';
import { retryDelay } from './backoff.ts';
import type { Command, Connection } from './connection.ts';
import { ConnectionLostError, PortClosedError } from './errors.ts';
import { judgeRejection } from './judge-rejection.ts';

/** A command, or a script: first by its hash, then, should Redis not know it, with its text. */
export interface Call {
  /** For errors. */
  readonly name: string;
  readonly command: Command;
  readonly ifUnknown?: () => Command;
  /** Leave in one piece with it, and are answered together with it. */
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

type Again = { readonly kind: 'again'; readonly error: Error };
type Attempt = Answered | Again | { readonly kind: 'unknown-script' };

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
  try {
    for (let attempts = 0; ; attempts += 1) {
      if (!connection.isReady) await connection.whenReady(limits);
      let outcome = await attempt(connection, call, command, limits);
      if (outcome.kind === 'unknown-script' && ifUnknown !== undefined)
        outcome = await attempt(connection, call, ifUnknown(), limits);
      if (outcome.kind === 'answered') return outcome;
      lastError = (outcome.kind === 'again' ? outcome : unknownAgain(call)).error;
      if (call.behind !== undefined) await findQueue(connection, call, limits);
      await connection.rest(retryDelay(attempts), limits);
    }
  } catch (error) {
    if (!(error instanceof OutOfTimeError) && !(error instanceof ConnectionLostError)) throw error;
    const cause = error instanceof ConnectionLostError ? error : (lastError ?? connection.lastError);
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
  return {
    kind: 'again',
    error: new ConnectionLostError(`Redis does not know "${name}" although its text was sent`),
  };
}

/** Not asynchronous by itself, as little as it can be: there is a call for every few tasks. */
function attempt(
  connection: Connection,
  { name, behind }: Call,
  command: Command,
  limits: Limits,
): Promise<Attempt> {
  const sentAt = monotonicNow();
  const sent: Promise<unknown> =
    behind === undefined
      ? connection.send(...command, limits)
      : connection.sendInOnePiece([command, ...behind], limits);
  return sent.then(
    (raw): Attempt => ({ kind: 'answered', raw, sentAt, receivedAt: monotonicNow() }),
    (thrown: unknown) => judgeAttempt(thrown, name, limits),
  );
}

function judgeAttempt(thrown: unknown, name: string, limits: Limits): Attempt {
  if (thrown instanceof PortClosedError || limits.signal?.aborted === true) throw thrown;
  if (thrown instanceof ConnectionLostError) return { kind: 'again', error: thrown };
  if (thrown instanceof OutOfTimeError) {
    if (monotonicNow() >= limits.until) throw thrown;
    return { kind: 'again', error: new ConnectionLostError(`Redis did not answer "${name}"`) };
  }
  const rejection = judgeRejection(thrown, name);
  if (rejection.kind === 'refused') throw rejection.error;
  return rejection;
}
