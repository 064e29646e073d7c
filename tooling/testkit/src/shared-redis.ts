import { ensureRedis } from '@q/dev-redis';

let url: Promise<string> | undefined;

/**
 * The server of this vitest worker process: the one of REDIS_URL, or a private one that is started at the first call and
 * ends with the process. Other tests use it too, so it may not be flushed, frozen or counted.
 */
export function sharedRedisUrl(): Promise<string> {
  // Whether a database of REDIS_URL may be used at all was decided once, before the first test.
  url ??= ensureRedis({ purpose: 'dev', log: () => undefined }).then((redis) => redis.url);
  return url;
}
