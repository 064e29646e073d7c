import { type Client, createClient } from '@q/client';
import { type AclRole, aclRules } from '@q/core/wire';
import { test as base, type Fixtures } from '@q/testkit';
import type { TestAPI } from 'vitest';
import { createWorker, type Worker } from '../create-worker.ts';
import type { RunningWorker } from '../lifecycle.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';

/** A queue of its own with a client, and workers that are stopped after the test. */
export interface Rig {
  readonly queue: string;
  /** The server for workers. */
  readonly url: string;
  /** The server for auditors. */
  readonly auditorUrl: string;
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
  rigOn: async ({ queueName }, use) => {
    const closers: (() => Promise<void>)[] = [];
    await use((url) => createRig({ client: url, worker: url, auditor: url }, queueName(), closers));
    await closeAll(closers);
  },
  // Its client and its workers are users who may do what their roles do, and nothing else.
  rig: async ({ redisUser, queueName }, use) => {
    const queue = queueName();
    const urlOf = (role: AclRole): Promise<string> => redisUser(aclRules({ role, queue }));
    const closers: (() => Promise<void>)[] = [];
    const urls = {
      client: await urlOf('client'),
      worker: await urlOf('worker'),
      auditor: await urlOf('auditor'),
    };
    await use(createRig(urls, queue, closers));
    await closeAll(closers);
  },
});

async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

function createRig(
  urls: Readonly<Record<AclRole, string>>,
  queue: string,
  closers: (() => Promise<void>)[],
): Rig {
  const url = urls.worker;
  const client = createClient({ redis: urls.client, queue });
  const log = recordedLog();
  closers.push(() => client.close());
  return {
    queue,
    url,
    auditorUrl: urls.auditor,
    client,
    log,
    worker: (options) => createWorker({ redis: url, queue, logger: log, ...options }),
    start: async (worker) => {
      const running = await worker.start();
      closers.push(() => running.stop({ gracePeriod: 0 }));
      return running;
    },
  };
}
