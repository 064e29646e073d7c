import type { RedisServer } from '@q/dev-redis';
import type { Load } from './load.ts';

/** A set of servers as a queue sees it: one master, which another server takes over from. */
export interface Masters {
  master(): Promise<RedisServer>;
  /** Resolves when another server has taken over from this one. */
  replaced(old: RedisServer): Promise<void>;
  whole(): Promise<void>;
}

export async function killMaster(set: Masters): Promise<void> {
  const master = await set.master();
  await master.kill();
  await set.replaced(master);
  await master.restart();
  await set.whole();
}

/** Nothing closes; it wakes when a write has been taken without it. */
export async function freezeMaster(set: Masters, load: Load): Promise<void> {
  const master = await set.master();
  await master.pause();
  try {
    await set.replaced(master);
    await load.taken(performance.now());
  } finally {
    await master.resume();
  }
  await set.whole();
}
