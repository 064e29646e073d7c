import { randomUUID } from 'node:crypto';
import BeeQueue from 'bee-queue';
import type { Payload } from '../payload.ts';
import {
  cannot,
  type Place,
  type Producer,
  type RunningWorker,
  type System,
  type WorkerSettings,
} from '../system.ts';

const answerLimit = 10_000;

/** bee-queue with the settings that its README advises for many jobs. */
export const beeQueue: System = {
  openProducer,
  openWorker: (place, settings) => openWorker(place, settings, {}),
};

/** bee-queue without events and without what it keeps of finished jobs. */
export const beeQueueLean: System = {
  openProducer,
  openWorker: (place, settings) =>
    openWorker(place, settings, { sendEvents: false, removeOnSuccess: true, removeOnFailure: true }),
};

async function openProducer(place: Place): Promise<Producer> {
  const queue = await openQueue(place, { isWorker: false, getEvents: false });
  let answers: Answers | undefined;
  const listening = async (): Promise<Answers> => {
    answers ??= new Answers(await openQueue(place, { isWorker: false, getEvents: true }));
    return answers;
  };
  const save = async (jobs: BeeQueue.Job<Payload>[]): Promise<void> => {
    const errors = await queue.saveAll(jobs);
    for (const error of errors.values()) throw error;
  };
  return {
    enqueue: (payload) => queue.createJob(payload).save(),
    enqueueMany: (payloads) => save(payloads.map((payload) => queue.createJob(payload))),
    enqueueLater: (payloads, delay) =>
      save(payloads.map((payload) => queue.createJob(payload).delayUntil(Date.now() + delay))),
    enqueueBrief: cannot('way to say that a result is not kept'),
    roundTrip: async (payload) => (await listening()).ask(payload),
    crowd: cannot('register of workers'),
    unfinished: async () => {
      const { waiting, active } = await queue.checkHealth();
      return waiting + active;
    },
    close: async () => {
      await answers?.close();
      await queue.close();
    },
  };
}

async function openWorker(
  place: Place,
  { concurrency, handle }: WorkerSettings,
  settings: BeeQueue.QueueSettings,
): Promise<RunningWorker> {
  const queue = await openQueue(place, { getEvents: false, activateDelayedJobs: true, ...settings });
  queue.process(concurrency, async ({ data }) => handle(data));
  return { stop: () => queue.close() };
}

function openQueue({ url, queue }: Place, settings: BeeQueue.QueueSettings): Promise<BeeQueue<Payload>> {
  const { hostname, port } = new URL(url);
  const redis = { host: hostname, port: Number(port) };
  return new BeeQueue<Payload>(queue, { redis, storeJobs: false, ...settings }).ready();
}

/** Results by ids that are known before the job is: whoever listens to the job itself comes too late at times. */
class Answers {
  readonly #queue: BeeQueue<Payload>;
  readonly #awaited = new Map<string, (result: unknown) => void>();

  constructor(queue: BeeQueue<Payload>) {
    this.#queue = queue;
    queue.on('job succeeded', (id: string, result: unknown) => {
      this.#awaited.get(id)?.(result);
      this.#awaited.delete(id);
    });
  }

  async ask(payload: Payload): Promise<unknown> {
    const id = randomUUID();
    const answer = new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`no result of job ${id} within ${answerLimit} ms`));
      const limit = setTimeout(late, answerLimit);
      this.#awaited.set(id, (result) => {
        clearTimeout(limit);
        resolve(result);
      });
    });
    await this.#queue.createJob(payload).setId(id).save();
    return answer;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
