import type { Limits } from '../limits.ts';
import { retryDelay } from './backoff.ts';
import type { Command, Connection } from './connection.ts';
import { ConnectionLostError, PortClosedError } from './errors.ts';
import { judgeRejection } from './judge-rejection.ts';

export interface Popped {
  readonly key: string;
  readonly value: string;
}

/** What a blocking call heard, and what the command behind it was answered. */
export interface PoppedAndRun<Reply> {
  readonly popped: Popped | null;
  /** `null`: it failed, or nobody knows whether it was carried out. */
  readonly reply: Reply | null;
}

const nothing: PoppedAndRun<unknown> = { popped: null, reply: null };

/** `null` when nothing came in time, and when the connection broke: whoever asked looks for himself then. */
export async function blockingPop(
  connection: Connection,
  keys: readonly string[],
  seconds: number,
  limits: Limits,
): Promise<Popped | null> {
  const popped = await attempt(connection, limits, () =>
    connection.send('blpop', [...keys, seconds], limits),
  );
  return readPopped(popped);
}

/** As {@link blockingPop}. Redis keeps `next` until the blocking call is over, and answers both together. */
export async function popThenSend(
  connection: Connection,
  blocking: { readonly keys: readonly string[]; readonly seconds: number },
  next: Command,
  limits: Limits,
): Promise<PoppedAndRun<unknown>> {
  const pop: Command = ['blpop', [...blocking.keys, blocking.seconds]];
  const answers = await attempt(connection, limits, async () => {
    const [popped, reply] = await connection.sendTogether(pop, next, limits);
    return { popped: readPopped(popped), reply };
  });
  return answers ?? nothing;
}

/** `null` for a failure that passes by itself. */
async function attempt<Answer>(
  connection: Connection,
  limits: Limits,
  send: () => Promise<Answer>,
): Promise<Answer | null> {
  if (!connection.isReady) await connection.whenReady(limits);
  try {
    return await send();
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
