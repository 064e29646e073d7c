import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A user of a server that only this process knows. */
export interface RedisUser {
  /** The server's URL with the user's name and password. */
  readonly url: string;
  /** What the server refused this user, one line each. */
  readonly refusals: () => Promise<readonly string[]>;
  /** Ends its connections too. */
  readonly remove: () => Promise<void>;
}

/** Makes a user of the server that `redis` is connected to, who may do what the rules of `ACL SETUSER` say, and nothing else. */
export async function createRedisUser(redis: Redis, rules: readonly string[]): Promise<RedisUser> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await redis.call('ACL', 'SETUSER', name, 'reset', 'on', `>${password}`, ...rules);
  const { host, port, db } = redis.options;
  return {
    url: `redis://${name}:${password}@${host}:${port}/${db}`,
    refusals: async () => refusalsOf(name, await redis.call('ACL', 'LOG', 128)),
    remove: async () => void (await redis.call('ACL', 'DELUSER', name)),
  };
}

function refusalsOf(user: string, log: unknown): readonly string[] {
  if (!Array.isArray(log)) throw new Error('ACL LOG answered no list');
  return log.map(fieldsOf).flatMap(({ username, reason, object, context }) => {
    return username === user ? [`${reason} ${object} (${context})`] : [];
  });
}

function fieldsOf(entry: unknown): Readonly<Record<string, string>> {
  const flat = Array.isArray(entry) ? entry.map(String) : Object.entries(Object(entry)).flat().map(String);
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at] ?? ''] = flat[at + 1] ?? '';
  return fields;
}
