import { type RedisServer, type RedisServerOptions, startRedisServer } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { test as base, type TestAPI } from 'vitest';
import { type ChildOptions, type ChildProcess, startChild } from './child-process.ts';
import { queueName } from './queue-name.ts';
import { createRedisUser, type RedisUser } from './redis-user.ts';
import { sharedRedisUrl } from './shared-redis.ts';

/** What a test of this repository may ask for by name. Each is made when it is asked for. */
export interface Fixtures {
  /** A server that other tests use too: the one of REDIS_URL or the private one of this vitest worker. */
  readonly redisUrl: string;
  /** A connection to `redisUrl` for looking at keys; closed after the test. */
  readonly redis: Redis;
  /** A new queue name at every call. */
  readonly queueName: () => string;
  /** Starts a server that only this test knows, to be killed, frozen, flushed or counted; ended after the test. */
  readonly startRedis: (options?: RedisServerOptions) => Promise<RedisServer>;
  /** Opens a connection to any server; closed after the test. */
  readonly connect: (url: string) => Redis;
  /**
   * The URL of `redisUrl` with a user of its own, who may do what the rules of `ACL SETUSER` say. A test in which he was
   * refused anything fails.
   */
  readonly redisUser: (rules: readonly string[]) => Promise<string>;
  /** Starts `node entry`. A child that still runs when the test ends is killed, and the test fails. */
  readonly childProcess: (entry: string | URL, options?: ChildOptions) => ChildProcess;
}

/** vitest's `test` with {@link Fixtures}: `test('a rule', async ({ redis, queueName }) => { … })`. */
export const test: TestAPI<Fixtures> = base.extend<Fixtures>({
  // vitest reads the wanted fixtures from the first parameter, which must therefore be a pattern.
  redisUrl: async ({}, use) => use(await sharedRedisUrl()),
  redis: async ({ redisUrl, connect }, use) => use(connect(redisUrl)),
  queueName: async ({}, use) => use(queueName),
  connect: async ({}, use) => {
    const opened: Redis[] = [];
    await use((url) => {
      // As the packages do: what it says of the library needs a permission of its own.
      const redis = new Redis(url, { disableClientInfo: true });
      opened.push(redis);
      return redis;
    });
    for (const redis of opened) redis.disconnect();
  },
  redisUser: async ({ redis }, use) => {
    const users: RedisUser[] = [];
    await use(async (rules) => {
      const user = await createRedisUser(redis, rules);
      users.push(user);
      return user.url;
    });
    await refuseRefusals(users);
  },
  startRedis: async ({}, use) => {
    const started: RedisServer[] = [];
    await use(async (options) => {
      const server = await startRedisServer(options);
      started.push(server);
      return server;
    });
    await Promise.all(started.map((server) => server.stop()));
  },
  childProcess: async ({}, use) => {
    const children = new Set<ChildProcess>();
    await use((entry, options) => {
      const child = startChild(entry, options);
      children.add(child);
      void child.exited.then(() => children.delete(child));
      return child;
    });
    await refuseLeaks([...children]);
  },
});

async function refuseRefusals(users: readonly RedisUser[]): Promise<void> {
  const refused = (await Promise.all(users.map((user) => user.refusals()))).flat();
  await Promise.all(users.map((user) => user.remove()));
  if (refused.length === 0) return;
  throw new Error(`a user with too few permissions was refused: ${[...new Set(refused)].join(', ')}`);
}

async function refuseLeaks(running: readonly ChildProcess[]): Promise<void> {
  if (running.length === 0) return;
  await Promise.all(running.map((child) => child.kill()));
  const pids = running.map((child) => child.pid).join(', ');
  throw new Error(
    `the test left child processes running (${pids}); wait for \`exited\` or call \`kill()\` in the test`,
  );
}
