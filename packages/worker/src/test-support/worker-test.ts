import { type Client, createClient, type RedisSource } from '@q/client';
import { type AclRole, aclRules } from '@q/core/wire';
import { test as base, type Fixtures, type RedisAddress } from '@q/testkit';
import type { TestAPI } from 'vitest';
import { createWorker, type Worker } from '../create-worker.ts';
import type { RunningWorker } from '../lifecycle.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';

/** A queue of its own with a client, and workers that are stopped after the test. */
export interface Rig {
  readonly queue: string;
  /** What workers are given as their option `redis`. */
  readonly redis: RedisSource;
  /** The same for a process of its own. */
  readonly address: RedisAddress;
  /** What auditors are given. */
  readonly auditorRedis: RedisSource;
  readonly client: Client;
  /** What all workers of the rig log. */
  readonly log: RecordedLog;
  worker<Deps = undefined>(options?: Partial<WorkerOptions<Deps>>): Worker<Deps>;
  start(worker: Worker<never> | Worker<undefined>): Promise<RunningWorker>;
}

interface RigFixtures extends Fixtures {
  readonly rig: Rig;
  /** The same on another server. */
  readonly rigOn: (url: string) => Rig;
}

export const test: TestAPI<RigFixtures> = base.extend<Pick<RigFixtures, 'rig' | 'rigOn'>>({
  rigOn: async ({ open, queueName }, use) => {
    const closers: (() => Promise<void>)[] = [];
    await use((url) => {
      const address = { kind: 'server', url } as const;
      return createRig({ client: address, worker: address, auditor: address }, open, queueName(), closers);
    });
    await closeAll(closers);
  },
  // Its client and its workers are users who may do what their roles do, and nothing else.
  rig: async ({ redisUser, shared, open, queueName }, use) => {
    const queue = queueName();
    const addressOf = async (role: AclRole): Promise<RedisAddress> =>
      (await redisUser(aclRules({ role, queue }))).at(shared.address);
    const closers: (() => Promise<void>)[] = [];
    const addresses = {
      client: await addressOf('client'),
      worker: await addressOf('worker'),
      auditor: await addressOf('auditor'),
    };
    await use(createRig(addresses, open, queue, closers));
    await closeAll(closers);
  },
});

async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

function createRig(
  addresses: Readonly<Record<AclRole, RedisAddress>>,
  open: Fixtures['open'],
  queue: string,
  closers: (() => Promise<void>)[],
): Rig {
  const redis = open(addresses.worker);
  const client = createClient({ redis: open(addresses.client), queue });
  const log = recordedLog();
  closers.push(() => client.close());
  return {
    queue,
    redis,
    address: addresses.worker,
    auditorRedis: open(addresses.auditor),
    client,
    log,
    worker: (options) => createWorker({ redis, queue, logger: log, ...options }),
    start: async (worker) => {
      const running = await worker.start();
      closers.push(() => running.stop({ gracePeriod: 0 }));
      return running;
    },
  };
}
