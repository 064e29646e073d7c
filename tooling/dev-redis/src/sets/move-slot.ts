import type { Redis } from 'ioredis';
import type { RedisServer } from '../redis-server.ts';
import { insist } from '../until.ts';
import { askServer } from './ask-server.ts';
import { idOfNode } from './cluster-nodes.ts';

const keysPerMove = 100;

export interface SlotMove {
  readonly from: RedisServer;
  readonly to: RedisServer;
  /** Runs while half of the keys are here and half are there. */
  readonly meanwhile: () => Promise<void>;
}

/** From one master of a Cluster to another. */
export async function moveSlot(slot: number, { from, to, meanwhile }: SlotMove): Promise<void> {
  const [fromId, toId] = [await idOfNode(from), await idOfNode(to)];
  await askServer(to.url, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId));
  await askServer(from.url, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId));
  await moveKeys(slot, { from, to, most: Math.ceil((await keysIn(from, slot)) / 2) });
  await meanwhile();
  await moveKeys(slot, { from, to, most: Number.POSITIVE_INFINITY });
  for (const server of [to, from])
    await askServer(server.url, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId));
}

async function keysIn(server: RedisServer, slot: number): Promise<number> {
  return Number(await askServer(server.url, (redis) => redis.call('CLUSTER', 'COUNTKEYSINSLOT', slot)));
}

interface Move extends Pick<SlotMove, 'from' | 'to'> {
  readonly most: number;
}

async function moveKeys(slot: number, { from, to, most }: Move): Promise<void> {
  await askServer(from.url, async (redis: Redis) => {
    for (let left = most; left > 0; ) {
      const keys = await redis.call('CLUSTER', 'GETKEYSINSLOT', slot, Math.min(left, keysPerMove));
      if (!Array.isArray(keys) || keys.length === 0) return;
      await moveSome(redis, to, keys.map(String));
      left -= keys.length;
    }
  });
}

/** Either master may refuse for a moment, when it has not heard of its replica or the other one is slow to answer. */
async function moveSome(redis: Redis, to: RedisServer, keys: readonly string[]): Promise<void> {
  // A move of which the answer was late has left them in both places. Until they are gone here, these are the ones in use.
  const move = (): Promise<unknown> =>
    redis.call('MIGRATE', to.host, to.port, '', 0, 5_000, 'REPLACE', 'KEYS', ...keys);
  await insist(move, { what: `${keys.length} keys are moved to ${to.port}`, every: 100 });
}
