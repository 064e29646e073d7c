import { ensureRedis } from './ensure-redis.ts';
import { orExit } from './or-exit.ts';
import { emptyDatabase } from './server-url.ts';

// `prepare.js`: once before all tests, so that they find a server without each looking (and fetching) for itself.
// `prepare.js empty`: once after them, so that a database of REDIS_URL is left as empty as it was found.
const url = process.env['REDIS_URL'] ?? '';
if (process.argv[2] === 'empty') {
  if (url !== '') await orExit(emptyDatabase(url));
} else {
  const redis = await orExit(ensureRedis({ purpose: 'tests' }));
  if (url !== '') await orExit(emptyDatabase(url));
  await redis.stop();
}
