import type { QueueKeys } from '@q/core/wire';
import { type UntilOptions, until } from '@q/dev-redis';
import type { Redis } from 'ioredis';

/** Whether anything of a queue waits, runs, or is held by a dead worker. */
export async function hasWork(
  redis: Redis,
  { ready, suspects, running, due, dead }: QueueKeys,
): Promise<boolean> {
  return (await redis.exists(ready, suspects, running, due, dead)) > 0;
}

/** Resolves when there is none. @param within - ms; @param every - ms between two looks */
export async function drained(
  redis: Redis,
  keys: QueueKeys,
  { within = 60_000, every = 25 }: Pick<UntilOptions, 'within' | 'every'> = {},
): Promise<void> {
  const isDrained = async (): Promise<true | undefined> => ((await hasWork(redis, keys)) ? undefined : true);
  await until(isDrained, { what: 'nothing is left to do', within, every });
}
