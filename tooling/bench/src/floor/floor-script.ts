import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Redis } from 'ioredis';

/** A script that the server knows. */
export type FloorScript = (keys: readonly string[], args: readonly string[]) => Promise<unknown>;

/** Loads `lua/<name>.lua` into the server. */
export async function loadFloorScript(redis: Redis, name: string): Promise<FloorScript> {
  // src/floor and dist/floor are equally deep.
  const source = await readFile(new URL(`../../lua/${name}.lua`, import.meta.url), 'utf8');
  await redis.script('LOAD', source);
  const sha = createHash('sha1').update(source).digest('hex');
  return (keys, args) => redis.evalsha(sha, keys.length, ...keys, ...args);
}
