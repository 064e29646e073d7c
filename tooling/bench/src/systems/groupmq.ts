import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'groupmq';
import { Redis } from 'ioredis';
import type { Payload } from '../payload.ts';
import {
  cannot,
  type Place,
  type Producer,
  type RunningWorker,
  type System,
  type WorkerSettings,
} from '../system.ts';

const stopLimit = 5_000;

/** groupmq: jobs of one group run one after another, so each gets a group of its own. */
export const groupmq: System = { openProducer, openWorker };

async function openProducer({ url, queue: namespace }: Place): Promise<Producer> {
  const redis = connect(url);
  const queue = new Queue<Payload>({ redis, namespace });
  const bulk = new Queue<Payload>({ redis, namespace, autoBatch: { size: 1_000, maxWaitMs: 1 } });
  return {
    enqueue: (data) => queue.add({ groupId: randomUUID(), data }),
    enqueueMany: (payloads) => Promise.all(payloads.map((data) => bulk.add({ groupId: randomUUID(), data }))),
    enqueueLater: (payloads, delay) =>
      Promise.all(payloads.map((data) => queue.add({ groupId: randomUUID(), data, delay }))),
    enqueueBrief: cannot('way to say that a result is not kept'),
    roundTrip: cannot('call that waits for a result'),
    crowd: cannot('register of workers'),
    unfinished: async () => (await queue.getWaitingCount()) + (await queue.getActiveCount()),
    close: async () => {
      await queue.close();
      await bulk.close();
      redis.disconnect();
    },
  };
}

async function openWorker(
  { url, queue: namespace }: Place,
  { concurrency, handle }: WorkerSettings,
): Promise<RunningWorker> {
  const redis = connect(url);
  const queue = new Queue<Payload>({ redis, namespace });
  const worker = new Worker<Payload>({ queue, concurrency, handler: async ({ data }) => handle(data) });
  const running = worker.run();
  return {
    stop: async () => {
      await worker.close(stopLimit);
      await running;
      await queue.close();
      redis.disconnect();
    },
  };
}

function connect(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null });
}
