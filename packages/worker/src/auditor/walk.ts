import type { RedisPort } from '@q/client/port';
import { PROTOCOL_VERSION, type Surveyed, type SurveyReply, survey } from '@q/core/wire';
import { IncompatibleQueueError } from '../errors.ts';

const page = 1_000;

/**
 * The pages of a walk over all keys of a queue, or over one of its tables. What is there all the time is in one of them.
 *
 * @throws IncompatibleQueueError for a queue that a newer version has worked on, whose bytes may mean something else
 */
export async function* walk(
  port: RedisPort,
  of: Surveyed,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[]> {
  let cursor: string | null = '0';
  while (cursor !== null) {
    signal?.throwIfAborted();
    const reply: SurveyReply = await port.run(survey, { of, cursor, count: page }, { signal });
    if (reply.protocol > PROTOCOL_VERSION)
      throw new IncompatibleQueueError(port.keys.queue, reply.protocol, PROTOCOL_VERSION);
    yield reply.found;
    cursor = reply.cursor;
  }
}
