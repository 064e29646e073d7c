// Watches a worker's lease from a thread, because the test's own loop is blocked meanwhile.
// Counters: [0] looks taken, [1] looks at which the lease was over or gone, [2] set to 1 to stop.
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';

const { url, key, worker, counters } = workerData;
const redis = new Redis(url);
while (Atomics.load(counters, 2) === 0) {
  const [time, expiresAt] = await Promise.all([redis.time(), redis.zscore(key, worker)]);
  const now = time[0] * 1_000 + time[1] / 1_000;
  if (expiresAt === null || Number(expiresAt) <= now) Atomics.add(counters, 1, 1);
  Atomics.add(counters, 0, 1);
  await sleep(20);
}
redis.disconnect();
