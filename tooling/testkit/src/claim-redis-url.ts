import { emptyDatabase, ensureRedis } from '@q/dev-redis';
import { startTestSet, wantedTopology } from './test-set.ts';

/**
 * Run by vitest before the tests of a package: starts the set of servers that Q_TEST_TOPOLOGY asks for, or makes sure that
 * the database of REDIS_URL may be used, and leaves it empty. `npm test` does the latter once for all packages, for they
 * share it, and says so in Q_TEST_REDIS_CLAIMED.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const topology = wantedTopology();
  if (topology !== 'single') return startTestSet(topology);
  const url = process.env['REDIS_URL'] ?? '';
  if (url === '' || process.env['Q_TEST_REDIS_CLAIMED'] === url) return undefined;
  await ensureRedis({ purpose: 'tests', log: () => undefined });
  await emptyDatabase(url);
  return () => emptyDatabase(url);
}
