import {
  type OpenedAddress,
  openAddress,
  type RedisAddress,
  type RedisServer,
  type RedisServerOptions,
  startRedisServer,
} from '@q/dev-redis';
import { Redis } from 'ioredis';
import { test as base, type TestAPI } from 'vitest';
import { type ChildOptions, type ChildProcess, startChild } from './child-process.ts';
import { queueName } from './queue-name.ts';
import { createRedisUser, type RedisUser } from './redis-user.ts';
import { sharedRedis } from './shared-redis.ts';
import type { TestSet } from './test-set.ts';

/** What a test of this repository may ask for by name. Each is made when it is asked for. */
export interface Fixtures {
  /** The servers that other tests use too: those of Q_TEST_TOPOLOGY, the one of REDIS_URL or the private one of this vitest worker. */
  readonly shared: TestSet;
  /** What clients and workers are given as their option `redis`, to reach `shared`; closed after the test. */
  readonly source: OpenedAddress['redis'];
  /** The same as somebody else, or in another place; closed after the test. */
  readonly open: (address: RedisAddress) => OpenedAddress['redis'];
  /** The server of `shared` that has this test's queues. Whoever asks for it has a single server as his subject. */
  readonly redisUrl: string;
  /** A connection to it for looking at keys; closed after the test. */
  readonly redis: Redis;
  /** A new queue name at every call. */
  readonly queueName: () => string;
  /** Starts a server that only this test knows, to be killed, frozen, flushed or counted; ended after the test. */
  readonly startRedis: (options?: RedisServerOptions) => Promise<RedisServer>;
  /** Opens a connection to any server; closed after the test. */
  readonly connect: (url: string) => Redis;
  /**
   * A user of its own on `shared`, who may do what the rules of `ACL SETUSER` say. A test in which he was refused anything
   * fails.
   */
  readonly redisUser: (rules: readonly string[]) => Promise<RedisUser>;
  /** Starts `node entry`. A child that still runs when the test ends is killed, and the test fails. */
  readonly childProcess: (entry: string | URL, options?: ChildOptions) => ChildProcess;
}

/** vitest's `test` with {@link Fixtures}: `test('a rule', async ({ redis, queueName }) => { … })`. */
export const test: TestAPI<Fixtures> = base.extend<Fixtures>({
  // vitest reads the wanted fixtures from the first parameter, which must therefore be a pattern.
  shared: async ({}, use) => use(await sharedRedis()),
  open: async ({}, use) => {
    const opened: OpenedAddress[] = [];
    await use((address) => {
      const one = openAddress(address);
      opened.push(one);
      return one.redis;
    });
    for (const { close } of opened) close();
  },
  source: async ({ shared, open }, use) => use(open(shared.address)),
  redisUrl: async ({ shared, task }, use) => {
    noteSingleServer(task.meta);
    await use(shared.url);
  },
  redis: async ({ shared, connect }, use) => use(connect(shared.url)),
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
  redisUser: async ({ shared, redis, connect }, use) => {
    const users: RedisUser[] = [];
    const others = shared.urls.filter((url) => url !== shared.url).map(connect);
    await use(async (rules) => {
      const user = await createRedisUser([redis, ...others], rules);
      users.push(user);
      return user;
    });
    await refuseRefusals(users);
  },
  startRedis: async ({ task }, use) => {
    noteSingleServer(task.meta);
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

/** For the reports of runs on a set of servers: what such a test says of one server, it does not say of the set. */
function noteSingleServer(meta: object): void {
  Object.assign(meta, { singleServer: true });
}

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
