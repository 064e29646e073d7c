import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@q/client';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import { type RedisServer, type RedisServerOptions, startRedisServer, until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { check } from '../checker/check.ts';
import { collectFacts, type Facts } from '../checker/facts.ts';
import { type QueueState, readQueueState } from '../checker/queue-state.ts';
import { drained } from '../has-work.ts';
import type { FaultKind } from '../ledger/entry.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { preciseNow } from '../ledger/precise-now.ts';
import { readLedgers } from '../ledger/read-ledgers.ts';
import { type Child, startWorker } from '../processes/child.ts';
import type { CronKind } from '../processes/settings.ts';
import { createProducer, type Producer } from '../workload/producer.ts';

/** The shortest that a worker takes, ms. */
export const lease = 1_000;

export interface RigWorker {
  /** @default 16 */
  readonly concurrency?: number;
  /** ms. @default 250 */
  readonly gracePeriod?: number;
  /** ms. @default the shortest */
  readonly lease?: number;
  /** Its way to Redis. @default straight */
  readonly url?: string;
  /** It carries a schedule of every second. @default null */
  readonly cron?: CronKind | null;
  /** ms by which its clock is wrong. @default 0 */
  readonly skew?: number;
}

export interface Judged {
  readonly facts: Facts;
  readonly state: QueueState;
  readonly broken: readonly string[];
}

/** A server, a queue, a producer, and workers in processes of their own, all of which write ledgers. */
export class Rig implements AsyncDisposable {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly keys: QueueKeys = queueKeys('faults');
  readonly client: Client;
  readonly producer: Producer;
  readonly #ledgers: string;
  readonly #ledger: Ledger;
  readonly #children: Child[] = [];

  static async open(options: RedisServerOptions = {}): Promise<Rig> {
    return new Rig(await startRedisServer(options), await mkdtemp(join(tmpdir(), 'q-fault-')));
  }

  private constructor(server: RedisServer, ledgers: string) {
    this.server = server;
    this.redis = new Redis(server.url);
    this.redis.on('error', () => undefined);
    this.client = createClient({ redis: server.url, queue: this.keys.queue });
    this.#ledgers = ledgers;
    this.#ledger = openLedger(ledgers, 'harness');
    this.producer = createProducer({ client: this.client, ledger: this.#ledger });
  }

  /** A producer by another way. */
  producerOn(client: Client): Producer {
    return createProducer({ client, ledger: this.#ledger });
  }

  /** Resolves when it has joined, or has ended: it may be killed, or told to stop, before anybody sees it. */
  async worker(name: string, asked: RigWorker = {}): Promise<Child> {
    const { concurrency = 16, gracePeriod = 250, url = this.server.url, cron = null, skew = 0 } = asked;
    const { lease: ownLease = lease } = asked;
    const child = startWorker(
      {
        redis: { kind: 'server', url },
        ...{ queue: this.keys.queue, ledgers: this.#ledgers, name, defect: null },
        ...{ concurrency, gracePeriod, lease: ownLease, cron },
      },
      skew,
    );
    this.#children.push(child);
    await child.running;
    const isSeen = async (): Promise<true | undefined> =>
      child.hasExited() || (await this.workers()).includes(name) ? true : undefined;
    await until(isSeen, { what: `${name} has joined` });
    return child;
  }

  /** Labels of those that have joined. */
  async workers(): Promise<readonly string[]> {
    const ids = await this.redis.zrange(this.keys.workers, '0', '-1').catch(() => []);
    return ids.map((id) => id.split('~')[0] ?? '');
  }

  /** Resolves when every worker has renewed its lease once more. */
  async renewed(): Promise<void> {
    const before = await this.#leases();
    const isRenewed = async (): Promise<true | undefined> => {
      const now = await this.#leases();
      return [...now].every(([worker, end]) => end > (before.get(worker) ?? 0)) ? true : undefined;
    };
    await until(isRenewed, { what: 'all leases are renewed', every: 10 });
  }

  note(fault: FaultKind, victim: string, since: number = preciseNow()): void {
    this.#ledger.write({ kind: 'fault', fault, victim, what: fault, since, until: preciseNow() });
  }

  /** @param within - ms */
  drained(within = 60_000): Promise<void> {
    return drained(this.redis, this.keys, { within });
  }

  async facts(): Promise<Facts> {
    return collectFacts(readLedgers(this.#ledgers));
  }

  /** Stops all workers, waits for the dead to be forgotten, and judges what is left. */
  async finish(): Promise<Judged> {
    const broken = [...(await this.stopWorkers())];
    if ((await this.workers()).length > 0) {
      const reaper = await this.worker('reaper');
      const isAlone = async (): Promise<true | undefined> =>
        (await this.workers()).length === 1 && (await this.redis.exists(this.keys.dead)) === 0
          ? true
          : undefined;
      await until(isAlone, { what: 'the dead are forgotten' });
      broken.push(...(await stopped(reaper)));
    }
    const [facts, state] = [await this.facts(), await readQueueState(this.redis, this.keys)];
    for (const { rule, id, what } of check(facts, state)) broken.push(`${rule}: ${id ?? ''} ${what}`);
    return { facts, state, broken };
  }

  /** Answers which of them did not end as they should. */
  async stopWorkers(): Promise<readonly string[]> {
    return (await Promise.all(this.#children.map(stopped))).flat();
  }

  /** Worker → end of its lease, epoch ms. */
  async #leases(): Promise<ReadonlyMap<string, number>> {
    const flat = await this.redis.zrange(this.keys.workers, '0', '-1', 'WITHSCORES');
    return new Map(flat.flatMap((worker, at) => (at % 2 === 0 ? [[worker, Number(flat[at + 1])]] : [])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) if (!child.hasExited()) child.signal('SIGKILL');
    await Promise.all(this.#children.map((child) => child.exited));
    await this.client.close();
    this.redis.disconnect();
    this.#ledger[Symbol.dispose]();
    await this.server.stop();
    await rm(this.#ledgers, { recursive: true, force: true });
  }
}

/** Those that were killed are of no interest. */
async function stopped(child: Child): Promise<readonly string[]> {
  if (!child.hasExited()) child.signal('SIGTERM');
  const { code, signal } = await child.exited;
  const isFine = code === 0 || signal === 'SIGKILL';
  return isFine ? [] : [`${child.name} ended with ${code ?? signal}:\n${child.lastLines()}`];
}

/** Resolves when so many different tasks have been started by a process. */
export function startedBy(child: Child, count: number): Promise<void> {
  const ids = new Set<string>();
  return new Promise((resolve) => {
    child.onSaid((said) => {
      if (said.kind !== 'started') return;
      ids.add(said.id);
      if (ids.size === count) resolve();
    });
  });
}
