import { startRedisServer } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { processCpuMicros } from '../process-cpu.ts';
import { bytesUsed, commandsPerformed } from '../redis-probe.ts';
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
    commands: () => commandsPerformed(redis),
    bytes: () => bytesUsed(redis),
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}
