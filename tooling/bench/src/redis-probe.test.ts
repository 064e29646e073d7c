import { startRedisServer, until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { countCommands, isGrowing } from './redis-probe.ts';

it('counts every command but the one that asks', () => {
  const info = [
    '# Commandstats',
    'cmdstat_evalsha:calls=2,usec=31,usec_per_call=15.50',
    'cmdstat_info:calls=9,usec=400,usec_per_call=44.44',
    'cmdstat_config|get:calls=1,usec=3,usec_per_call=3.00',
  ].join('\r\n');
  expect(countCommands(info)).toBe(3);
});

it('sees that keys are on their way into a larger table', async () => {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  try {
    expect(await isGrowing(redis)).toBe(false);
    await redis.config('SET', 'activerehashing', 'no');
    await redis.mset(Object.fromEntries(Array.from({ length: 1_025 }, (_, n) => [`key${n}`, ''])));
    expect(await isGrowing(redis)).toBe(true);
    await redis.config('SET', 'activerehashing', 'yes');
    const isDone = async (): Promise<true | undefined> => ((await isGrowing(redis)) ? undefined : true);
    await until(isDone, { what: 'the table of keys has its size' });
  } finally {
    redis.disconnect();
    await server.stop();
  }
});
