import { type AclRole, aclRules } from '@q/core/wire';
import { test as base, type Fixtures } from '@q/testkit';
import type { TestAPI } from 'vitest';
import type { Client } from '../client.ts';
import type { ClientOptions } from '../client-options.ts';
import { createClient } from '../create-client.ts';
import { openRedisPort } from '../redis-port/open-redis-port.ts';
import type { RedisPort } from '../redis-port.ts';
import { type HandWorker, joinByHand } from './hand-worker.ts';

/** What tests of the client may ask for by name, all on one queue of their own. */
export interface ClientFixtures extends Fixtures {
  readonly queue: string;
  /** The shared server as a user who may do what this role does, and nothing else. */
  readonly urls: Readonly<Record<'client' | 'worker', string>>;
  /** A client on the shared server. */
  readonly client: Client;
  /** A worker on the shared server. */
  readonly worker: HandWorker;
  readonly makeClient: (options?: Partial<ClientOptions>) => Client;
  readonly makeWorker: (url?: string) => Promise<HandWorker>;
  readonly makePort: (url?: string, timeShift?: number) => RedisPort;
}

export const test: TestAPI<ClientFixtures> = base.extend<Omit<ClientFixtures, keyof Fixtures>>({
  queue: async ({ queueName }, use) => use(queueName()),
  urls: async ({ redisUser, queue }, use) => {
    const urlOf = (role: AclRole): Promise<string> => redisUser(aclRules({ role, queue }));
    await use({ client: await urlOf('client'), worker: await urlOf('worker') });
  },
  client: async ({ makeClient }, use) => use(makeClient()),
  worker: async ({ makeWorker }, use) => use(await makeWorker()),
  makeClient: async ({ urls, queue }, use) => {
    const made: Client[] = [];
    await use((options) => {
      const client = createClient({ redis: urls.client, queue, ...options });
      made.push(client);
      return client;
    });
    await Promise.all(made.map((client) => client.close()));
  },
  makePort: async ({ urls, queue }, use) => {
    const made: RedisPort[] = [];
    await use((url = urls.worker, timeShift = 0) => {
      const port = openRedisPort({ redis: url, queue, purpose: 'test', timeShift });
      made.push(port);
      return port;
    });
    await Promise.all(made.map((port) => port.close()));
  },
  makeWorker: async ({ makePort }, use) => use((url) => joinByHand(makePort(url))),
});
