import { Redis } from 'ioredis';
import { DevRedisError, exitUnavailable } from './errors.ts';

const connectLimit = 5_000;

/** A Redis URL for people: with its database, without its password. */
export function describeUrl(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port === '' ? '6379' : port}/${pathname.slice(1) || '0'}`;
}

/** The version of the server at `url`. Throws when it cannot be reached, or holds keys and must not. */
export async function inspectServer(
  url: string,
  { mustBeEmpty }: { readonly mustBeEmpty: boolean },
): Promise<string> {
  return withConnection(url, async (redis) => {
    const size = mustBeEmpty ? await redis.dbsize() : 0;
    if (size > 0) {
      const message = `the database of REDIS_URL (${describeUrl(url)}) holds ${size} keys and tests empty theirs; name an empty database, or set Q_TEST_ALLOW_FLUSH=1 to lose its content`;
      throw new DevRedisError('REDIS_NOT_EMPTY', message, 1);
    }
    const info = await redis.info('server');
    return (
      /^valkey_version:(.+?)\r?$/m.exec(info)?.[1] ?? /^redis_version:(.+?)\r?$/m.exec(info)?.[1] ?? 'unknown'
    );
  });
}

/** Removes every key of the database that `url` names. */
export async function emptyDatabase(url: string): Promise<void> {
  await withConnection(url, (redis) => redis.flushdb());
}

/** Removes the keys of that database which fit a glob of Redis. */
export async function removeKeys(url: string, pattern: string): Promise<void> {
  await withConnection(url, async (redis) => {
    for await (const keys of redis.scanStream({ match: pattern, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  });
}

async function withConnection<Answer>(url: string, use: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectLimit,
    retryStrategy: () => null,
  });
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect().catch((error: unknown) => {
      const cause = reason ?? error;
      const said = cause instanceof Error ? cause.message : String(cause);
      const message = `REDIS_URL (${describeUrl(url)}) cannot be reached: ${said}; start that server or unset REDIS_URL`;
      throw new DevRedisError('REDIS_UNREACHABLE', message, exitUnavailable, cause);
    });
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
