import { setTimeout as sleep } from 'node:timers/promises';
import { call, task } from '@q/core';
import { createWorker } from '@q/worker';
import type { Redis } from 'ioredis';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const brief = task<(n: number) => number>('brief', { ttl: 0 });
const bunch = 10_000;
/** What a queue of a living worker keeps beside its results. */
const kept = /^(meta|bell:|workers|(claims|worker|inbox):.+)$/;
/** ms; a result is remembered for a minute, and Redis looks for what has ended ten times a second. */
const forgottenWithin = 75_000;
const bound = 5;

export const drained: Fault = {
  name: 'drained',
  promise:
    '1,000,000 tasks drained: only known keys remain, every result has an end, and the memory of Redis is back within 5 %',
  sizes: { small: null, gate: 10_000, full: 1_000_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const worker = createWorker({ redis: rig.server.url, queue: rig.keys.queue, concurrency: 100 });
    worker.handle(brief, (_ctx, n) => n);
    const running = await worker.start();
    await drainSome(rig, bunch);
    await rig.redis.unlink(...(await rig.redis.keys(`${rig.keys.task('')}*`)));
    const before = await usedBy(rig.redis);
    for (let done = 0; done < size; done += bunch) await drainSome(rig, bunch);
    const { others, endless } = await leftIn(rig);
    const after = size > bunch ? await forgotten(rig.redis, before) : before;
    await running.stop();
    const grown = Math.round(((after - before) / before) * 1_000) / 10;
    return {
      figures: { tasks: size, otherKeys: others.length, endless, before, after, grownPercent: grown },
      broken: unless([
        [others.length === 0, `the keys ${others.slice(0, 5).join(', ')} are left`],
        [endless === 0, `${endless} results stay for ever`],
        [after <= before * (1 + bound / 100), `the memory of Redis grew by ${grown} %`],
      ]),
    };
  },
};

async function drainSome(rig: Rig, count: number): Promise<void> {
  const calls = Array.from({ length: count }, (_, n) => call(brief, n));
  await rig.client.enqueueMany(calls);
  await rig.drained();
}

async function leftIn({
  redis,
  keys,
}: Rig): Promise<{ readonly others: readonly string[]; readonly endless: number }> {
  const prefix = keys.running.slice(0, -'running'.length);
  const others: string[] = [];
  let endless = 0;
  let cursor = '0';
  do {
    const [next, names] = await redis.scan(cursor, 'COUNT', 1_000);
    cursor = next;
    const lives = await Promise.all(names.map((name) => redis.pttl(name)));
    for (const [at, name] of names.entries()) {
      if (name.startsWith(keys.task(''))) endless += lives[at] === -1 ? 1 : 0;
      else if (!kept.test(name.slice(prefix.length))) others.push(name);
    }
  } while (cursor !== '0');
  return { others, endless };
}

/** Bytes, when all that is remembered for a while is forgotten. */
async function forgotten(redis: Redis, enough: number): Promise<number> {
  const until = performance.now() + forgottenWithin;
  let used = await usedBy(redis);
  while (used > enough && performance.now() < until) {
    await sleep(500);
    used = Math.min(used, await usedBy(redis));
  }
  return used;
}

async function usedBy(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0);
}
