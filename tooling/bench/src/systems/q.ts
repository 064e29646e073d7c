import { createClient } from '@q/client';
import { call, type Task, task } from '@q/core';
import { queueKeys } from '@q/core/wire';
import { createWorker } from '@q/worker';
import type { Payload } from '../payload.ts';
import type { System } from '../system.ts';

const work: Task<(payload: Payload) => void> = task('bench.work');

/** This repository's queue, used as its README says. */
export const q: System = {
  packages: ['@q/client', '@q/worker', 'ioredis'],

  openProducer: async ({ url, queue }) => {
    const client = createClient({ redis: url, queue });
    return {
      enqueue: (payload) => client.enqueue(work, payload),
      enqueueMany: (payloads) => client.enqueueMany(payloads.map((payload) => call(work, payload))),
      roundTrip: async (payload) => (await client.enqueue(work, payload)).value({ timeout: '10s' }),
      close: () => client.close(),
    };
  },

  openWorker: async ({ url, queue }, { concurrency, handle }) => {
    const worker = createWorker({ redis: url, queue, concurrency });
    worker.handle(work, (_ctx, payload) => handle(payload));
    const running = await worker.start();
    return { stop: () => running.stop() };
  },

  unfinished: async (redis, queue) => {
    const keys = queueKeys(queue);
    const [waiting, running] = await Promise.all([redis.llen(keys.ready), redis.hlen(keys.running)]);
    return waiting + running;
  },
};
