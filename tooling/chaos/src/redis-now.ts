import type { Redis } from 'ioredis';

/** Epoch ms by the clock of a server. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return seconds * 1_000 + Math.floor(micros / 1_000);
}
