import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

/** A user of a server that only this process knows. */
export interface RedisUser {
  /** The server's URL with the user's name and password. */
  readonly url: string;
  /** What the server refused this user, one line each. */
  readonly refusals: () => Promise<readonly string[]>;
  /** Ends its connections too. */
  readonly remove: () => Promise<void>;
}

/** Makes a user who may do what the rules of `ACL SETUSER` say, and nothing else. */
export async function createRedisUser(url: string, rules: readonly string[]): Promise<RedisUser> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await asked(url, (redis) => redis.call('ACL', 'SETUSER', name, 'reset', 'on', `>${password}`, ...rules));
  const own = new URL(url);
  own.username = name;
  own.password = password;
  return {
    url: own.href,
    refusals: async () => refusalsOf(name, await asked(url, (redis) => redis.call('ACL', 'LOG', 128))),
    remove: async () => void (await asked(url, (redis) => redis.call('ACL', 'DELUSER', name))),
  };
}

async function asked<Answer>(url: string, ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, { retryStrategy: () => null });
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
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
