import { Redis } from 'ioredis';

/**
 * One question on a connection of its own, which tries nothing twice.
 *
 * @param within - ms in which it must be answered. @default 5_000
 */
export async function askServer<Answer>(
  url: string,
  question: (redis: Redis) => Promise<Answer>,
  within = 5_000,
): Promise<Answer> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: within,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** The fields of one section of INFO. */
export async function infoOf(url: string, section: string): Promise<ReadonlyMap<string, string>> {
  const text = await askServer(url, (redis) => redis.info(section));
  return new Map(
    [...text.matchAll(/^([a-z0-9_]+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
