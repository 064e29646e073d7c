import { ensureRedis, type RedisAddress } from '@q/dev-redis';
import { sharedSet, type TestSet } from './test-set.ts';

let shared: Promise<TestSet> | undefined;

/**
 * The servers of this vitest worker process: those of the whole run when there is a set of them, else the one of
 * REDIS_URL, or a private one that is started at the first call and ends with the process. Other tests use them too, so
 * they may not be flushed, frozen or counted.
 */
export function sharedRedis(): Promise<TestSet> {
  shared ??= findShared();
  return shared;
}

async function findShared(): Promise<TestSet> {
  const set = sharedSet();
  if (set !== null) return set;
  // Whether a database of REDIS_URL may be used at all was decided once, before the first test.
  const { url } = await ensureRedis({ purpose: 'dev', log: () => undefined });
  const address: RedisAddress = { kind: 'server', url };
  return { address, url, urls: [url], slots: null };
}
