import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@q/client';
import { type AnyCall, call } from '@q/core';
import { type QueueKeys, queueKeys } from '@q/core/wire';
import { openAddress, type RedisAddress, until } from '@q/dev-redis';
import { Redis } from 'ioredis';
import { check } from '../checker/check.ts';
import { collectFacts } from '../checker/facts.ts';
import { readQueueState } from '../checker/queue-state.ts';
import type { Violation } from '../checker/violation.ts';
import { drained } from '../has-work.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { preciseNow } from '../ledger/precise-now.ts';
import { readLedgers } from '../ledger/read-ledgers.ts';
import { type Child, startWorker } from '../processes/child.ts';
import { createProducer } from '../workload/producer.ts';
import { flaky, plain, slow } from '../workload/tasks.ts';

export interface LoadOptions {
  readonly queue: string;
  readonly address: RedisAddress;
  /** Of the server that has the queue now. */
  readonly master: () => Promise<{ readonly url: string }>;
  /** How many replicas must have a task before it counts as acknowledged. */
  readonly replicas: number;
}

/** What it came to. */
export interface Borne {
  readonly acknowledged: number;
  /** Acknowledged, and not ended in the end. */
  readonly lost: number;
  readonly violations: readonly Violation[];
}

const lanes = 8;
/** ms */
const rest = 20;
const probeEvery = 10;
/** Writes of the probe before and after whatever happens: so long it is at work undisturbed. */
const calm = 100;
const lease = 3_000;
const workers = 2;

/**
 * A set of servers that is at work: producers that wait for results, workers in processes of their own, all of which
 * write ledgers, and a probe that knows for how long no write was taken.
 */
export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #keys: QueueKeys;
  readonly #ledgers: string;
  readonly #ledger: Ledger;
  readonly #children: Child[];
  readonly #stopping = new AbortController();
  readonly #going: Promise<unknown>;
  /** When writes of the probe were taken, ms of `performance.now()`. */
  readonly #taken: number[] = [];

  static async begin(options: LoadOptions): Promise<Load> {
    const load = new Load(options, await mkdtemp(join(tmpdir(), 'q-load-')));
    await until(() => (load.#taken.length > 0 ? true : undefined), { what: 'a first write was taken' });
    return load;
  }

  private constructor(options: LoadOptions, ledgers: string) {
    this.#options = options;
    this.#keys = queueKeys(options.queue);
    this.#ledgers = ledgers;
    this.#ledger = openLedger(ledgers, 'harness');
    this.#children = Array.from({ length: workers }, (_, seat) =>
      startWorker({
        ...{ redis: options.address, queue: options.queue, ledgers, name: `worker-${seat}`, defect: null },
        ...{ concurrency: 16, lease, gracePeriod: 2_000, cron: null },
      }),
    );
    this.#going = Promise.all([
      this.#probe(),
      ...Array.from({ length: lanes }, (_, lane) => this.#produce(lane)),
    ]);
    // It is waited for at the end: what has failed before is told there.
    this.#going.catch(() => undefined);
  }

  /** Lets something happen, and answers for how long no write was taken meanwhile, at a stretch, ms. */
  async during(what: string, act: () => Promise<void>): Promise<number> {
    await this.#takes(calm);
    const since = preciseNow();
    const begunAt = performance.now();
    await act();
    this.#ledger.write({ kind: 'fault', fault: 'redis', victim: '*', what, since, until: preciseNow() });
    await this.#takes(calm);
    const times = [begunAt, ...this.#taken.filter((at) => at > begunAt)];
    return Math.round(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))));
  }

  /** Resolves when so many more writes of the probe were taken. */
  async #takes(count: number): Promise<void> {
    const wanted = this.#taken.length + count;
    const isTaken = (): true | undefined => (this.#taken.length >= wanted ? true : undefined);
    await until(isTaken, { what: `${count} more writes are taken`, within: 60_000, every: 5 });
  }

  /** Resolves when a write was taken that was sent after this moment. */
  async taken(after: number): Promise<void> {
    const isTaken = (): true | undefined => ((this.#taken.at(-1) ?? 0) > after ? true : undefined);
    await until(isTaken, { what: 'writes are taken again', within: 60_000, every: 5 });
  }

  /** Produces nothing more, waits until all is done and told, and judges it. */
  async finish(): Promise<Borne> {
    this.#stopping.abort();
    await this.#going;
    const { url } = await this.#options.master();
    const redis = new Redis(url);
    try {
      await drained(redis, this.#keys, { every: 100 });
      await this.#stopWorkers();
      const facts = await collectFacts(readLedgers(this.#ledgers));
      const state = await readQueueState(redis, this.#keys);
      const accepted = [...facts.tasks.values()].filter((task) => task.isAcknowledged);
      return {
        acknowledged: accepted.length,
        lost: accepted.filter(({ id }) => state.tasks.get(id)?.kind !== 'finished').length,
        violations: check(facts, state),
      };
    } finally {
      redis.disconnect();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    for (const child of this.#children) if (!child.hasExited()) child.signal('SIGKILL');
    await Promise.allSettled([this.#going, ...this.#children.map((child) => child.exited)]);
    this.#ledger[Symbol.dispose]();
    await rm(this.#ledgers, { recursive: true, force: true });
  }

  async #produce(lane: number): Promise<void> {
    const { queue, replicas } = this.#options;
    const durability = replicas === 0 ? null : { replicas };
    const { redis, close } = openAddress(this.#options.address);
    const client = createClient({ redis, queue, durability });
    const producer = createProducer({ client, ledger: this.#ledger });
    const waits: Promise<void>[] = [];
    for (let n = 0; !this.#stopping.signal.aborted; n += 1) {
      const task = orderOf(n, `lane-${lane}-${n}`);
      await producer.enqueue([task], 'done');
      waits.push(producer.result(task));
      await sleep(rest);
    }
    // Not before: a wait is the client's.
    await Promise.all(waits);
    await client.close();
    close();
  }

  /** Its writes need no replica, and whether they survive is of no interest. */
  async #probe(): Promise<void> {
    const { redis, close } = openAddress(this.#options.address);
    const client = createClient({ redis, queue: this.#options.queue });
    for (let n = 0; !this.#stopping.signal.aborted; n += 1) {
      const id = `probe-${n}`;
      this.#ledger.write({ kind: 'intent', ids: [id], task: plain.name, expect: 'done' });
      const sentAt = performance.now();
      const isTaken = await client.send(call(plain, n).start({ id })).then(
        () => true,
        () => false,
      );
      if (isTaken) this.#taken.push(performance.now());
      else this.#ledger.write({ kind: 'refused', ids: [id], code: `after ${performance.now() - sentAt} ms` });
      await sleep(probeEvery);
    }
    await client.close();
    close();
  }

  async #stopWorkers(): Promise<void> {
    for (const child of this.#children) child.signal('SIGTERM');
    for (const child of this.#children) {
      const { code, signal } = await child.exited;
      if (code !== 0) throw new Error(`${child.name} ended with ${code ?? signal}:\n${child.lastLines()}`);
    }
  }
}

function orderOf(n: number, id: string): AnyCall {
  if (n % 10 === 3) return call(flaky, 1, 20).start({ id });
  if (n % 10 === 7) return call(slow, 80).start({ id });
  return call(plain, n).start({ id });
}
