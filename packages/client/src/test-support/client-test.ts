import { type AclRole, aclRules } from '@q/core/wire';
import { test as base, type Fixtures, type RedisAddress } from '@q/testkit';
import type { TestAPI } from 'vitest';
import type { Client } from '../client.ts';
import type { ClientOptions } from '../client-options.ts';
import { createClient } from '../create-client.ts';
import { openRedisPort } from '../redis-port/open-redis-port.ts';
import type { RedisSource } from '../redis-port/redis-like.ts';
import type { RedisPort } from '../redis-port.ts';
import { type HandWorker, joinByHand } from './hand-worker.ts';

/** What tests of the client may ask for by name, all on one queue of their own. */
export interface ClientFixtures extends Fixtures {
  readonly queue: string;
  /** The shared servers, for a user who may do what this role does, and nothing else. */
  readonly addresses: Readonly<Record<'client' | 'worker', RedisAddress>>;
  /** A client on the shared servers. */
  readonly client: Client;
  /** A worker on the shared servers. */
  readonly worker: HandWorker;
  readonly makeClient: (options?: Partial<ClientOptions>) => Client;
  readonly makeWorker: (redis?: RedisSource) => Promise<HandWorker>;
  readonly makePort: (redis?: RedisSource, timeShift?: number) => RedisPort;
}

export const test: TestAPI<ClientFixtures> = base.extend<Omit<ClientFixtures, keyof Fixtures>>({
  queue: async ({ queueName }, use) => use(queueName()),
  addresses: async ({ redisUser, shared, queue }, use) => {
    const addressOf = async (role: AclRole): Promise<RedisAddress> =>
      (await redisUser(aclRules({ role, queue }))).at(shared.address);
    await use({ client: await addressOf('client'), worker: await addressOf('worker') });
  },
  client: async ({ makeClient }, use) => use(makeClient()),
  worker: async ({ makeWorker }, use) => use(await makeWorker()),
  makeClient: async ({ addresses, open, queue }, use) => {
    const made: Client[] = [];
    await use((options) => {
      const client = createClient({ redis: open(addresses.client), queue, ...options });
      made.push(client);
      return client;
    });
    await Promise.all(made.map((client) => client.close()));
  },
  makePort: async ({ addresses, open, queue }, use) => {
    const made: RedisPort[] = [];
    await use((redis = open(addresses.worker), timeShift = 0) => {
      const port = openRedisPort({ redis, queue, purpose: 'test', timeShift });
      made.push(port);
      return port;
    });
    await Promise.all(made.map((port) => port.close()));
  },
  makeWorker: async ({ makePort }, use) => use((redis) => joinByHand(makePort(redis))),
});
