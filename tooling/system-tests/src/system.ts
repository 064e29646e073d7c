import { type Client, createClient } from '@q/client';
import { test as base, type ChildProcess, type Fixtures, type RedisAddress } from '@q/testkit';
import { clockSkew } from '@q/testkit/clock-skew';
import type { TestAPI } from 'vitest';

export interface WorkerSettings {
  /** URL of a server that only this test knows. @default the shared ones */
  readonly redis?: string;
  readonly id?: string;
  readonly concurrency?: number;
  /** ms */
  readonly lease?: number;
  /** ms */
  readonly gracePeriod?: number;
  readonly cron?: string;
  /** ms */
  readonly cronLasts?: number;
  /** How long results of the cron are kept, ms. */
  readonly cronTtl?: number;
  readonly tz?: string;
  /** Added to the clock of the process and its threads, ms. */
  readonly clockSkew?: number;
}

/** What a test of the whole system asks for by name. */
export interface SystemFixtures extends Fixtures {
  /** The queue of this test. */
  readonly queue: string;
  /** A client of this test's process on this test's queue; closed after the test. */
  readonly client: Client;
  /** Starts a worker process on this test's queue and waits until it runs. Stopped by SIGTERM after the test. */
  readonly worker: (settings?: WorkerSettings) => Promise<ChildProcess>;
}

const workerEntry = new URL('../dist/processes/worker.js', import.meta.url);

export const test: TestAPI<SystemFixtures> = base.extend<Omit<SystemFixtures, keyof Fixtures>>({
  queue: async ({ queueName }, use) => use(queueName()),
  client: async ({ source, queue }, use) => {
    const client = createClient({ redis: source, queue });
    await use(client);
    await client.close();
  },
  worker: async ({ shared, queue, childProcess }, use) => {
    const started: ChildProcess[] = [];
    await use(async (settings = {}) => {
      const { execArgv, env } = clockSkew(settings.clockSkew ?? 0);
      const child = childProcess(workerEntry, {
        execArgv,
        env: { ...environment(settings, shared.address, queue), ...env },
      });
      started.push(child);
      await child.message(isKind('lifespan up'));
      return child;
    });
    for (const child of started) child.signal('SIGTERM');
    await Promise.all(started.map((child) => child.exited));
  },
}) as TestAPI<SystemFixtures>;

function environment(settings: WorkerSettings, address: RedisAddress, queue: string): Record<string, string> {
  const place: RedisAddress =
    settings.redis === undefined ? address : { kind: 'server', url: settings.redis };
  const named: Record<string, string | number | undefined> = {
    SYSTEM_REDIS: JSON.stringify(place),
    SYSTEM_QUEUE: queue,
    SYSTEM_ID: settings.id,
    SYSTEM_CONCURRENCY: settings.concurrency,
    SYSTEM_LEASE: settings.lease,
    SYSTEM_GRACE: settings.gracePeriod,
    SYSTEM_CRON: settings.cron,
    SYSTEM_CRON_LASTS: settings.cronLasts,
    SYSTEM_TZ: settings.tz,
    SYSTEM_CRON_TTL: settings.cronTtl,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

interface Said {
  readonly kind: string;
  readonly id?: string;
  readonly tries?: number;
  readonly attempt?: number;
  readonly at?: number;
}

/** Recognises what a worker process says of itself. */
export function isSaid(message: unknown): message is Said {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && typeof message.kind === 'string'
  );
}

export function isKind(kind: string, id?: string): (message: unknown) => boolean {
  return (message) => isSaid(message) && message.kind === kind && (id === undefined || message.id === id);
}

/** The next message of this kind; rejects with the child's output when it ends first. */
export async function said(child: ChildProcess, kind: string, id?: string): Promise<Said> {
  const message = await child.message(isKind(kind, id));
  if (!isSaid(message)) throw new Error(`not a message of the worker process: ${JSON.stringify(message)}`);
  return message;
}
