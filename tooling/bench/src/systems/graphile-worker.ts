import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { Pool } from 'pg';
import type { Payload } from '../payload.ts';
import {
  cannot,
  type Place,
  type Producer,
  type RunningWorker,
  type System,
  type WorkerSettings,
} from '../system.ts';

const logger = new Logger(() => () => undefined);
const localQueueSize = 500;
const mostConnections = 20;

/** graphile-worker with the settings of its own performance test. */
export const graphileWorker: System = { openProducer, openWorker };

async function openProducer({ url, queue: schema }: Place): Promise<Producer> {
  const pgPool = openPool(url);
  const utils = await makeWorkerUtils({ pgPool, schema, logger });
  await utils.migrate();
  const addAll = (payloads: readonly Payload[], runAt?: Date): PromiseLike<unknown> =>
    utils.addJobs(
      payloads.map((payload) => ({ identifier: 'work', payload, ...(runAt === undefined ? {} : { runAt }) })),
    );
  return {
    enqueue: (payload) => utils.addJob('work', payload),
    enqueueMany: (payloads) => addAll(payloads),
    enqueueLater: (payloads, delay) => addAll(payloads, new Date(Date.now() + delay)),
    enqueueBrief: cannot('way to say that a result is not kept'),
    roundTrip: cannot('results'),
    crowd: cannot('register of workers'),
    unfinished: async () => {
      const { rows } = await pgPool.query<{ count: string }>(
        `select count(*) from "${schema}"._private_jobs where run_at <= now()`,
      );
      return Number(rows[0]?.count);
    },
    close: async () => {
      await utils.release();
      await pgPool.end();
    },
  };
}

async function openWorker(
  { url, queue: schema }: Place,
  { concurrency, prefetch, handle }: WorkerSettings,
): Promise<RunningWorker> {
  const pgPool = openPool(url);
  const claimsAhead = prefetch === null || prefetch > 0;
  const localQueue = claimsAhead ? { localQueue: { size: localQueueSize } } : {};
  const runner = await run({
    pgPool,
    logger,
    noHandleSignals: true,
    taskList: { work: (payload) => handle(readPayload(payload)) },
    preset: {
      worker: {
        schema,
        concurrentJobs: concurrency,
        maxPoolSize: mostConnections,
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        ...localQueue,
      },
    },
  });
  return {
    stop: async () => {
      await runner.stop();
      await pgPool.end();
    },
  };
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: mostConnections });
  // What fails is told by the query that fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function readPayload(payload: unknown): Payload {
  if (isPayload(payload)) return payload;
  throw new Error(`graphile-worker handed out ${JSON.stringify(payload)}`);
}

// The column holds the JSON of what was sent.
function isPayload(payload: unknown): payload is Payload {
  return typeof payload === 'object' && payload !== null && 'sentAt' in payload;
}
