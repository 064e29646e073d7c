import type { Codec } from '@q/core';
import { type ReadItem, read } from '@q/core/wire';
import { errorForTask } from './call-error.ts';
import type { ResolvedCallOptions } from './client-options.ts';
import { wireCodec } from './codecs.ts';
import { Enqueues } from './enqueues.ts';
import { ClientClosedError } from './errors.ts';
import type { RedisPort } from './redis-port.ts';
import { ResultWaits } from './result-waits.ts';
import { TickBatch } from './tick-batch.ts';

/** What the handles and calls of one client share. */
export interface Session {
  readonly port: RedisPort;
  readonly queue: string;
  readonly codec: Codec;
  /** Ms within which every call settles, except waits for results. */
  readonly deadline: number;
  readonly enqueues: Enqueues;
  readonly reads: TickBatch<string, ReadItem | null>;
  readonly results: ResultWaits;
  /** @throws ClientClosedError */
  requireOpen(): void;
  close(): Promise<void>;
}

/** Values may be large, and an answer is held in memory as a whole. */
const mostReads = 50;

export function createSession(
  port: RedisPort,
  { codec, deadline, durability }: ResolvedCallOptions,
): Session {
  const { queue } = port.keys;
  const results = new ResultWaits(port);
  const enqueues = new Enqueues({ port, deadline, codec: wireCodec(codec), results, durability });
  const reads = new TickBatch<string, ReadItem | null>({
    most: mostReads,
    send: async (ids) => (await port.run(read, { ids }, { deadline })).items,
    errorFor: (id, error) => errorForTask(error, id, queue),
  });
  let isClosed = false;
  return {
    port,
    queue,
    codec,
    deadline,
    enqueues,
    reads,
    results,
    requireOpen() {
      if (isClosed) throw new ClientClosedError(queue);
    },
    async close() {
      isClosed = true;
      await Promise.all([enqueues.close(), results.close()]);
    },
  };
}
