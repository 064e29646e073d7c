import { setTimeout as sleep } from 'node:timers/promises';
import { call, task } from '@q/core';
import { createWorker } from '@q/worker';
import type { Redis } from 'ioredis';
import { prefixOf } from '../prefix-of.ts';
import { type Fault, unless } from './fault.ts';
import { Rig } from './rig.ts';

const brief = task<(n: number) => number>('brief', { ttl: 0 });
const bunch = 10_000;
/** What a queue of a living worker keeps beside its results. */
const kept = /^(meta|bell:|workers|(claims|worker|inbox):.+)$/;
/** ms; a result is remembered for a minute, and Redis looks for what has ended ten times a second. */
const forgottenWithin = 75_000;
/** ms in which Redis frees buffers of connections that say nothing, and makes its tables smaller. */
const rest = 3_000;
const bound = 5;

export const drained: Fault = {
  name: 'drained',
  promise:
    'many tasks are drained: only known keys remain, every result has an end, and without results Redis has as much memory as before, within 5 %',
  sizes: { small: null, gate: 10_000, full: 1_000_000 },
  play: async (size) => {
    await using rig = await Rig.open();
    const worker = createWorker({ redis: rig.server.url, queue: rig.keys.queue, concurrency: 100 });
    worker.handle(brief, (_ctx, n) => n);
    const running = await worker.start();
    await drainSome(rig, bunch);
    // Redis keeps statistics of every command from the first one on.
    await leftIn(rig);
    const before = await usedWithoutResults(rig);
    for (let done = 0; done < size; done += bunch) await drainSome(rig, bunch);
    const { others, endless } = await leftIn(rig);
    const most = before * (1 + bound / 100);
    // A few need not be waited for.
    const after = size <= bunch ? await usedWithoutResults(rig) : await forgotten(rig.redis, most);
    await running.stop();
    const grown = Math.round(((after - before) / before) * 1_000) / 10;
    return {
      figures: { tasks: size, otherKeys: others.length, endless, before, after, grownPercent: grown },
      broken: unless([
        [others.length === 0, `the keys ${others.slice(0, 5).join(', ')} are left`],
        [endless === 0, `${endless} results stay for ever`],
        [after <= most, `the memory of Redis grew by ${grown} %`],
      ]),
    };
  },
};

async function drainSome(rig: Rig, count: number): Promise<void> {
  const calls = Array.from({ length: count }, (_, n) => call(brief, n));
  await rig.client.enqueueMany(calls);
  await rig.drained();
}

async function usedWithoutResults({ redis, keys }: Rig): Promise<number> {
  await redis.del(...(await redis.keys(`${keys.task('')}*`)));
  return usedAtRest(redis);
}

async function leftIn({
  redis,
  keys,
}: Rig): Promise<{ readonly others: readonly string[]; readonly endless: number }> {
  const prefix = prefixOf(keys);
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

/** Bytes, when all that is remembered for a while is forgotten, or as it is when that takes too long. */
async function forgotten(redis: Redis, most: number): Promise<number> {
  const giveUpAt = performance.now() + forgottenWithin;
  let used = await usedAtRest(redis);
  while (used > most && performance.now() < giveUpAt) used = await usedAtRest(redis);
  return used;
}

/** Bytes. */
async function usedAtRest(redis: Redis): Promise<number> {
  await sleep(rest);
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? Number.NaN);
}
