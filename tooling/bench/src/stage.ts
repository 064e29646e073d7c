import { randomBytes } from 'node:crypto';
import { type RedisServer, startRedisServer } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { Part } from './part.ts';
import { processCpuMicros } from './process-cpu.ts';
import type { Place, System } from './system.ts';
import { loadSystem, type SystemName } from './systems.ts';

const workerProcesses = 2;

/** CPU time used so far, µs. */
export interface CpuTimes {
  readonly producer: number;
  readonly workers: number;
  readonly redis: number;
}

/** One system with its processes: a Redis, a producer and two workers. The others' processes idle meanwhile. */
export interface Stage extends AsyncDisposable {
  readonly name: SystemName;
  readonly system: System;
  readonly server: RedisServer;
  readonly producer: Part;
  readonly workers: readonly Part[];
  readonly redis: Redis;
  /** Empties Redis and opens the producer on a queue of its own. */
  begin(): Promise<Place>;
  cpu(): CpuTimes;
}

export async function openStage(name: SystemName, profile: string | null): Promise<Stage> {
  const stack: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const close of stack.splice(0).reverse()) await close();
  };
  try {
    const server = await startRedisServer();
    stack.push(() => server.stop());
    const redis = new Redis(server.url);
    stack.push(async () => redis.disconnect());
    const start = async (part: 'producer' | 'worker'): Promise<Part> => {
      const started = await Part.start({ system: name, part, profile });
      stack.push(() => started.stop());
      return started;
    };
    const producer = await start('producer');
    const workers: Part[] = [];
    for (let count = 0; count < workerProcesses; count += 1) workers.push(await start('worker'));
    return {
      name,
      system: await loadSystem(name),
      server,
      producer,
      workers,
      redis,
      begin: () => begin(producer, redis, server.url),
      cpu: () => ({
        producer: processCpuMicros(producer.pid),
        workers: workers.reduce((sum, { pid }) => sum + processCpuMicros(pid), 0),
        redis: processCpuMicros(server.pid),
      }),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function begin(producer: Part, redis: Redis, url: string): Promise<Place> {
  await producer.request({ kind: 'close' });
  await redis.flushall('SYNC');
  const place = { url, queue: `bench-${randomBytes(4).toString('hex')}` };
  await producer.request({ kind: 'open', place, concurrency: 0 });
  return place;
}
