import { emptyDatabase, ensureRedis } from '@q/dev-redis';

/**
 * Run by vitest before the tests of a package: makes sure that the database of REDIS_URL may be used, and leaves it empty.
 * `npm test` does so once for all packages, for they share it, and says so in Q_TEST_REDIS_CLAIMED.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const url = process.env['REDIS_URL'] ?? '';
  if (url === '' || process.env['Q_TEST_REDIS_CLAIMED'] === url) return undefined;
  await ensureRedis({ purpose: 'tests', log: () => undefined });
  await emptyDatabase(url);
  return () => emptyDatabase(url);
}
