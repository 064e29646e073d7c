import { randomBytes } from 'node:crypto';
import type { RedisAddress } from '@q/dev-redis';
import type { Redis } from 'ioredis';

/** A user of one or more servers that only this process knows. */
export interface RedisUser {
  /** The first server's URL with the user's name and password. */
  readonly url: string;
  /** An address of these servers with the user's name and password. */
  readonly at: (address: RedisAddress) => RedisAddress;
  /** What the servers refused this user, one line each. */
  readonly refusals: () => Promise<readonly string[]>;
  /** Ends its connections too. */
  readonly remove: () => Promise<void>;
}

/**
 * Makes a user of the servers that are connected to, who may do what the rules of `ACL SETUSER` say, and nothing else. No
 * server tells another one of its users.
 */
export async function createRedisUser(
  redis: Redis | readonly [Redis, ...Redis[]],
  rules: readonly string[],
): Promise<RedisUser> {
  const servers: readonly [Redis, ...Redis[]] = isList(redis) ? redis : [redis];
  const username = `test-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const onAll = <Answer>(ask: (server: Redis) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(servers.map(ask));
  await onAll((server) => server.call('ACL', 'SETUSER', username, 'reset', 'on', `>${password}`, ...rules));
  const { host, port, db } = servers[0].options;
  const url = `redis://${username}:${password}@${host}:${port}/${db}`;
  return {
    url,
    at: (address) =>
      address.kind === 'server' ? { kind: 'server', url } : { ...address, username, password },
    refusals: async () => {
      const logs = await onAll((server) => server.call('ACL', 'LOG', 128));
      return logs.flatMap((log) => refusalsOf(username, log));
    },
    remove: async () => void (await onAll((server) => server.call('ACL', 'DELUSER', username))),
  };
}

function isList(redis: Redis | readonly [Redis, ...Redis[]]): redis is readonly [Redis, ...Redis[]] {
  return Array.isArray(redis);
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
