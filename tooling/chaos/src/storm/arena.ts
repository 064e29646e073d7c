import { setTimeout as sleep } from 'node:timers/promises';
import {
  askServer,
  type RedisAddress,
  type RedisServer,
  type SentinelSet,
  startClusterSet,
  startRedisServer,
  startSentinelSet,
  until,
} from '@q/dev-redis';
import { Redis } from 'ioredis';
import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import { type Profile, serverOptionsOf } from '../servers/profile.ts';

/** The Redis of one stage of a storm, and what can be done to it. */
export interface Arena extends AsyncDisposable {
  readonly profile: Profile;
  readonly servers: 'one server' | 'Sentinels' | 'Cluster';
  readonly version: string;
  /** How many replicas must have a task before it counts as acknowledged. */
  readonly replicas: number;
  /** Each is the way of one process. */
  readonly proxies: readonly FaultProxy[];
  /** By way of a proxy when one is named. */
  place(proxy: number | null): RedisAddress;
  /** A connection to the server that answers now. */
  connect(): Promise<Redis>;
  /** Kills the server and starts it again. Answers when it was ready, epoch ms. */
  killRedis(lasts: number): Promise<number>;
  /** Answers when another server had taken over, epoch ms. */
  failOver(how: 'hand over' | 'kill master'): Promise<number>;
  /**
   * Moves the slot of the queue to another master; half of its keys are here and half are there for `lasts` ms.
   * Answers when all were there, epoch ms.
   */
  moveSlot(lasts: number): Promise<number>;
  /** How often the Sentinels have made another server the master; `null` without Sentinels. */
  switches(): number | null;
}

/** One server, with so many proxies to it. */
export async function singleArena(profile: 'P0' | 'P1' | 'P2', proxyCount: number): Promise<Arena> {
  const server = await startRedisServer(serverOptionsOf(profile));
  const proxies = await Promise.all(
    Array.from({ length: proxyCount }, () => startFaultProxy({ target: server })),
  );
  return {
    profile,
    servers: 'one server',
    version: server.version,
    replicas: 0,
    proxies,
    place: (proxy) => ({
      kind: 'server',
      url: (proxy === null ? undefined : proxies[proxy]?.url) ?? server.url,
    }),
    connect: async () => looking(server),
    killRedis: async (lasts) => {
      await server.kill();
      await sleep(lasts);
      await server.restart();
      return Date.now();
    },
    failOver: () => Promise.reject(new Error('a single server has nobody to hand over to')),
    moveSlot: () => Promise.reject(new Error('a single server has all slots')),
    switches: () => null,
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await server.stop();
    },
  };
}

/** A master, a replica and three Sentinels, without proxies. P3d: no task is acknowledged that the replica does not have. */
export async function sentinelArena(profile: 'P3' | 'P3d'): Promise<Arena> {
  const isCareful = profile === 'P3d';
  const set = await startSentinelSet({ needsReplica: isCareful });
  const switches = await countSwitches(set);
  return {
    profile,
    servers: 'Sentinels',
    version: set.version,
    replicas: isCareful ? 1 : 0,
    proxies: [],
    place: () => ({ kind: 'sentinels', ...set.connection }),
    connect: async () => looking(await set.master()),
    killRedis: () => Promise.reject(new Error('in a Sentinel set, kill the master by a failover')),
    failOver: async (how) => {
      await set.whole();
      const old = await set.master();
      if (how === 'hand over') return set.failover();
      await old.kill();
      await set.replaced(old);
      const at = Date.now();
      await old.restart();
      return at;
    },
    moveSlot: () => Promise.reject(new Error('a Sentinel set has no slots')),
    switches: switches.count,
    [Symbol.asyncDispose]: async () => {
      switches.stop();
      await set.stop();
    },
  };
}

interface CountedSwitches {
  readonly count: () => number;
  readonly stop: () => void;
}

/** As one of the Sentinels tells them. */
async function countSwitches({ sentinels: [first] }: SentinelSet): Promise<CountedSwitches> {
  if (first === undefined) throw new Error('the set has no Sentinel');
  let count = 0;
  const redis = await looking(first);
  redis.on('message', () => {
    count += 1;
  });
  await redis.subscribe('+switch-master');
  return { count: () => count, stop: () => redis.disconnect() };
}

/** Three masters and their replicas, of profile P3d: what befalls them befalls those that have the queue's slot. */
export async function clusterArena(queue: string): Promise<Arena> {
  const set = await startClusterSet({ needsReplica: true });
  const slot = await set.slotOf(queue);
  return {
    profile: 'P3d',
    servers: 'Cluster',
    version: set.version,
    replicas: 1,
    proxies: [],
    place: () => ({ kind: 'cluster', nodes: set.nodes }),
    connect: async () => looking(await set.masterOf(slot)),
    killRedis: () => Promise.reject(new Error('in a Cluster, kill the master by a failover')),
    failOver: async (how) => {
      await set.whole();
      const old = await set.masterOf(slot);
      if (how === 'kill master') await old.kill();
      else await set.failover(slot);
      await set.replaced(slot, old);
      const at = Date.now();
      if (how === 'kill master') await old.restart();
      return at;
    },
    moveSlot: async (lasts) => {
      await set.whole();
      await set.migrate(slot, () => sleep(lasts));
      return Date.now();
    },
    switches: () => null,
    [Symbol.asyncDispose]: () => set.stop(),
  };
}

async function looking(server: RedisServer): Promise<Redis> {
  const isReady = (): Promise<true | undefined> =>
    askServer(server.url, (redis) => redis.ping()).then(
      () => true,
      () => undefined,
    );
  await until(isReady, { what: `server ${server.port} answers` });
  const redis = new Redis(server.url);
  redis.on('error', () => undefined);
  return redis;
}
