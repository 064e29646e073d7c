import { type Client, createClient } from '@q/client';
import { test as base, type Fixtures } from '@q/testkit';
import type { TestAPI } from 'vitest';
import { createWorker, type Worker } from '../create-worker.ts';
import type { RunningWorker } from '../lifecycle.ts';
import type { WorkerOptions } from '../worker-options.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';

/** A queue of its own with a client, and workers that are stopped after the test. */
export interface Rig {
  readonly queue: string;
  readonly url: string;
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
    await use((url) => createRig(url, queueName(), closers));
    for (const close of closers.reverse()) await close();
  },
  rig: async ({ rigOn, redisUrl }, use) => use(rigOn(redisUrl)),
});

function createRig(url: string, queue: string, closers: (() => Promise<void>)[]): Rig {
  const client = createClient({ redis: url, queue });
  const log = recordedLog();
  closers.push(() => client.close());
  return {
    queue,
    url,
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
