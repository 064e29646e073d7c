import { test as base, createRedisUser, type Fixtures, type RedisUser } from '@q/testkit';
import type { Redis } from 'ioredis';
import { describe, expect, type TestAPI } from 'vitest';
import { type AclRole, aclRules, scriptsOf } from './acl.ts';
import { luaSources } from './lua/sources.gen.ts';
import { atShard } from './protocol/ids.ts';
import { queueKeys } from './protocol/keys.ts';

interface RoleFixtures {
  readonly queue: string;
  /** A connection as this role, whose refusals are expected. */
  readonly as: (role: AclRole) => Promise<Redis>;
}

const test: TestAPI<Fixtures & RoleFixtures> = base.extend<RoleFixtures>({
  queue: async ({ queueName }, use) => use(queueName()),
  as: async ({ redis, queue, connect }, use) => {
    const users: RedisUser[] = [];
    await use(async (role) => {
      const user = await createRedisUser(redis, aclRules({ role, queue }));
      users.push(user);
      return connect(user.url);
    });
    await Promise.all(users.map((user) => user.remove()));
  },
});

const roles: readonly AclRole[] = ['client', 'worker', 'auditor'];

const needless = [
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['KEYS', '*'],
  ['RANDOMKEY'],
  ['CONFIG', 'GET', 'maxmemory-policy'],
  ['CONFIG', 'SET', 'maxmemory', '1'],
  ['ACL', 'WHOAMI'],
  ['ACL', 'LIST'],
  ['DEBUG', 'SLEEP', '0'],
  ['SHUTDOWN', 'NOSAVE'],
  ['CLIENT', 'LIST'],
  ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ['CLIENT', 'PAUSE', '1'],
  ['SCRIPT', 'FLUSH'],
  ['FUNCTION', 'LIST'],
  ['MONITOR'],
  ['REPLICAOF', 'NO', 'ONE'],
  ['CLUSTER', 'RESET'],
  ['PSUBSCRIBE', '*'],
  ['MODULE', 'LIST'],
  ['DBSIZE'],
  ['SAVE'],
] as const;

describe.each(roles)('a %s', (role) => {
  test.for(needless)('may not %s', async ([command, ...args], { as }) => {
    const redis = await as(role);
    // Most servers of others allow DEBUG to nobody, and say so before they look at the user.
    await expect(redis.call(command, ...args)).rejects.toThrow(/^NOPERM|^ERR DEBUG command not allowed/);
  });

  test('reaches the keys of its own queue and of no other', async ({ as, queue }) => {
    const redis = await as(role);
    const own = queueKeys(queue);
    expect(await redis.hget(own.running, 'a')).toBeNull();
    for (const key of [queueKeys(`${queue}x`).task('a'), queueKeys('default').task('a'), 'a', '*']) {
      await expect(redis.hget(key, 'a')).rejects.toThrow('NOPERM');
      await expect(redis.hset(key, 'a', '1')).rejects.toThrow('NOPERM');
      // Not from a script either, whether it declares the key or makes its name up.
      await expect(redis.eval("return redis.call('HGET', KEYS[1], 'a')", 1, key)).rejects.toThrow('NOPERM');
      await expect(
        redis.eval("return redis.call('HGET', ARGV[1], 'a')", 1, own.running, key),
      ).rejects.toThrow(/can't access|No permissions|NOPERM/i);
    }
  });

  test('calls nothing more from a script than outside', async ({ as, queue }) => {
    const redis = await as(role);
    const { running } = queueKeys(queue);
    for (const command of ['FLUSHALL', 'KEYS', 'DBSIZE', 'RANDOMKEY'])
      await expect(redis.eval(`return redis.call('${command}', '*')`, 1, running)).rejects.toThrow(
        /can't run this command|NOPERM|No permissions|Wrong number/i,
      );
  });
});

test('a client cannot wait for what only workers take', async ({ as, queue }) => {
  const redis = await as('client');
  await expect(redis.blpop(queueKeys(queue).bell, 1)).rejects.toThrow('NOPERM');
});

test.for(['client', 'worker'] as const)(
  'a %s hears the channels of its own queue and of no other',
  async (role, { as, queue }) => {
    const redis = await as(role);
    const own = queueKeys(queue);
    await redis.subscribe(own.channel('c1'));
    for (const channel of [queueKeys(`${queue}x`).channel('c1'), 'news', own.ready])
      await expect(redis.subscribe(channel)).rejects.toThrow('NOPERM');
  },
);

test.for(['client', 'worker'] as const)(
  'a %s hears what is told in the shard of its own queue, and of no other',
  async (role, { as, queue }) => {
    const redis = await as(role);
    await redis.ssubscribe(queueKeys(queue).channel(atShard('c1')));
    for (const channel of [queueKeys(`${queue}x`).channel(atShard('c1')), 'news'])
      await expect(redis.ssubscribe(channel)).rejects.toThrow('NOPERM');
  },
);

test.for(['client', 'worker'] as const)('a %s may not walk the keys of the server', async (role, { as }) => {
  await expect((await as(role)).scan(0)).rejects.toThrow('NOPERM');
});

test('every script belongs to a role, and a worker may do what a client may', () => {
  const other = Object.keys(luaSources).filter(
    (name) => !roles.some((role) => scriptsOf(role).some((known) => known === name)),
  );
  expect(other).toEqual([]);
  expect(scriptsOf('worker')).toEqual(expect.arrayContaining([...scriptsOf('client')]));
});

test.for(['', 'a:b', '{a}', '*', 'a*', 'a b', '~*', '[ab]', 'a\n'])('%j gets no rules', (queue) => {
  expect(() => aclRules({ role: 'client', queue })).toThrow('a queue name must be');
});
