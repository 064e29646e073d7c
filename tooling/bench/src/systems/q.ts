import { createClient } from '@q/client';
import { call, type Task, task } from '@q/core';
import { join, luaSources, newWireId, queueKeys } from '@q/core/wire';
import { createWorker } from '@q/worker';
import { Redis } from 'ioredis';
import type { Payload } from '../payload.ts';
import type { Place, System } from '../system.ts';

const work: Task<(payload: Payload) => void> = task('bench.work');
const briefWork: Task<(payload: Payload) => void> = task('bench.brief', { ttl: 0 });
const crowdLease = 3_600_000;

/** This repository's queue, used as its README says. */
export const q: System = {
  openProducer: async (place) => {
    const client = createClient({ redis: place.url, queue: place.queue });
    return {
      enqueue: (payload) => client.enqueue(work, payload),
      enqueueMany: (payloads) => client.enqueueMany(payloads.map((payload) => call(work, payload))),
      enqueueLater: (payloads, delay) =>
        Promise.all(payloads.map((payload) => client.enqueue(work, payload).start({ delay }))),
      enqueueBrief: (payloads) => client.enqueueMany(payloads.map((payload) => call(briefWork, payload))),
      roundTrip: async (payload) => (await client.enqueue(work, payload)).value({ timeout: '10s' }),
      crowd: (count) => withRedis(place, (redis) => crowd(redis, place, count)),
      unfinished: () => withRedis(place, (redis) => unfinished(redis, place)),
      close: () => client.close(),
    };
  },

  openWorker: async ({ url, queue }, { concurrency, prefetch, handle }) => {
    const ahead = prefetch === null ? {} : { prefetch };
    const worker = createWorker({ redis: url, queue, concurrency, ...ahead });
    worker.handle(work, (_ctx, payload) => handle(payload));
    worker.handle(briefWork, (_ctx, payload) => handle(payload));
    const running = await worker.start();
    return { stop: () => running.stop() };
  },
};

/** Workers as the protocol knows them: each has joined and lives, and none asks for work. */
async function crowd(redis: Redis, { queue }: Place, count: number): Promise<void> {
  const keys = queueKeys(queue);
  for (let made = 0; made < count; made += 1) {
    const input = { worker: `crowd-${made}~${newWireId()}`, info: '{}', lease: crowdLease };
    const keysOfCall = join.keys(keys, input);
    await redis.eval(
      luaSources.join.source,
      keysOfCall.length,
      ...keysOfCall,
      0,
      ...join.argv(input).map(String),
    );
  }
}

async function unfinished(redis: Redis, { queue }: Place): Promise<number> {
  const keys = queueKeys(queue);
  const [waiting, running] = await Promise.all([redis.llen(keys.ready), redis.hlen(keys.running)]);
  return waiting + running;
}

async function withRedis<Result>({ url }: Place, act: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}
