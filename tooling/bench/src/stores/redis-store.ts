import { startRedisServer, until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { processCpuMicros } from '../process-cpu.ts';
import { bytesUsed, commandsPerformed, isGrowing } from '../redis-probe.ts';
import type { Store } from './store.ts';

/** A Redis process without persistence. */
export async function openRedisStore(): Promise<Store> {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  return {
    url: server.url,
    program: 'redis',
    version: server.version,
    settings: 'no persistence',
    cpuMicros: () => processCpuMicros(server.pid),
    empty: async () => {
      await redis.flushall('SYNC');
    },
    beside: openRedisStore,
    rest: () => finishGrowing(redis),
    commands: () => commandsPerformed(redis),
    bytes: () => bytesUsed(redis),
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

/**
 * A table of keys that has been outgrown moves into a larger one bit by bit: a few keys with each command, which costs as
 * much as the commands of a queue themselves, and a few in idle moments, so that 500,000 keys take some 20 seconds. The
 * more such moments there are, the sooner it is over.
 */
async function finishGrowing(redis: Redis): Promise<void> {
  const [, usual = '10'] = await redis.config('GET', 'hz');
  await redis.config('SET', 'hz', '500');
  await until(async () => ((await isGrowing(redis)) ? undefined : true), {
    what: 'the table of keys has its size',
    every: 250,
  });
  await redis.config('SET', 'hz', usual);
}
