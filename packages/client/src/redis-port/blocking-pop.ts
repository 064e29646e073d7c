import type { Limits } from '../limits.ts';
import { retryDelay } from './backoff.ts';
import type { Connection } from './connection.ts';
import { ConnectionLostError, PortClosedError } from './errors.ts';
import { judgeRejection } from './judge-rejection.ts';

export interface Popped {
  readonly key: string;
  readonly value: string;
}

/** `null` when nothing came in time, and when the connection broke: whoever asked looks for himself then. */
export async function blockingPop(
  connection: Connection,
  keys: readonly string[],
  seconds: number,
  limits: Limits,
): Promise<Popped | null> {
  if (!connection.isReady) await connection.whenReady(limits);
  try {
    return readPopped(await connection.send('blpop', [...keys, seconds], limits));
  } catch (thrown) {
    if (thrown instanceof PortClosedError || limits.signal?.aborted === true) throw thrown;
    const rejection = thrown instanceof ConnectionLostError ? null : judgeRejection(thrown, 'blpop');
    if (rejection?.kind === 'refused') throw rejection.error;
  }
  // A server that refuses for a while answers at once: asking it without a rest would be a busy loop.
  await connection.rest(retryDelay(1), limits);
  return null;
}

function readPopped(raw: unknown): Popped | null {
  if (!Array.isArray(raw)) return null;
  const [key, value]: readonly unknown[] = raw;
  return { key: String(key), value: String(value) };
}
