import { Queue, QueueEvents, Worker } from 'bullmq';
import type { Payload } from '../payload.ts';
import {
  cannot,
  type Place,
  type Producer,
  type RunningWorker,
  type System,
  type WorkerSettings,
} from '../system.ts';

interface Connection {
  readonly host: string;
  readonly port: number;
}

const answerLimit = 10_000;

/** BullMQ as its guide shows it. */
export const bullmq: System = {
  openProducer: (place) => openProducer(place, {}),
  openWorker: (place, settings) => openWorker(place, settings, {}),
};

const lean = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };

/** BullMQ without what it keeps of finished jobs. */
export const bullmqLean: System = {
  openProducer: (place) =>
    openProducer(place, { defaultJobOptions: { removeOnComplete: true, removeOnFail: true } }),
  openWorker: (place, settings) => openWorker(place, settings, lean),
};

async function openProducer(
  place: Place,
  options: { defaultJobOptions?: { removeOnComplete: boolean; removeOnFail: boolean } },
): Promise<Producer> {
  const connection = connectionOf(place);
  const queue = new Queue<Payload>(place.queue, { connection, ...options });
  await queue.waitUntilReady();
  let events: QueueEvents | undefined;
  const listening = async (): Promise<QueueEvents> => {
    events ??= new QueueEvents(place.queue, { connection });
    await events.waitUntilReady();
    return events;
  };
  return {
    enqueue: (payload) => queue.add('work', payload),
    enqueueMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: 'work', data }))),
    enqueueLater: (payloads, delay) =>
      queue.addBulk(payloads.map((data) => ({ name: 'work', data, opts: { delay } }))),
    enqueueBrief: cannot('way to say that a result is not kept'),
    roundTrip: async (payload) => {
      const ready = await listening();
      const job = await queue.add('work', payload);
      return job.waitUntilFinished(ready, answerLimit);
    },
    crowd: cannot('register of workers'),
    unfinished: async () => {
      const counts = await queue.getJobCounts('waiting', 'active');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      await events?.close();
      await queue.close();
    },
  };
}

async function openWorker(
  place: Place,
  { concurrency, handle }: WorkerSettings,
  options: Partial<typeof lean>,
): Promise<RunningWorker> {
  const worker = new Worker<Payload>(place.queue, async ({ data }) => handle(data), {
    connection: connectionOf(place),
    concurrency,
    ...options,
  });
  await worker.waitUntilReady();
  return { stop: () => worker.close() };
}

function connectionOf({ url }: Place): Connection {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
