import type { QueueKeys } from '@q/core/wire';
import type { Redis } from 'ioredis';

/** Whether anything of a queue waits, runs, or is held by a dead worker. */
export async function hasWork(
  redis: Redis,
  { ready, suspects, running, due, dead }: QueueKeys,
): Promise<boolean> {
  return (await redis.exists(ready, suspects, running, due, dead)) > 0;
}
