import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { until } from './until.ts';

/**
 * A server that cannot save its data any more, and refuses to write therefore (`MISCONF`): a folder is in the way of its
 * file. Resolves when it is so; call the answer to make it well again.
 */
export async function breakDisk(redis: Redis): Promise<() => Promise<void>> {
  const obstacle = join(await settingOf(redis, 'dir'), await settingOf(redis, 'dbfilename'));
  await redis.config('SET', 'save', '900 1');
  await mkdir(obstacle);
  await save(redis, 'err');
  return async () => {
    await rmdir(obstacle);
    await save(redis, 'ok');
  };
}

async function settingOf(redis: Redis, name: string): Promise<string> {
  const pair: unknown = await redis.config('GET', name);
  return Array.isArray(pair) ? String(pair[1]) : '';
}

async function save(redis: Redis, how: 'ok' | 'err'): Promise<void> {
  await redis.bgsave();
  const isSaved = async (): Promise<true | undefined> =>
    (await redis.info('persistence')).includes(`rdb_last_bgsave_status:${how}`) ? true : undefined;
  await until(isSaved, { what: `a save ends with "${how}"`, every: 5 });
}
