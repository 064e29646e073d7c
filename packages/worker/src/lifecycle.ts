import type { Client } from '@q/client';
import { createClientOn, openRedisPort, type RedisPort } from '@q/client/port';
import type { Duration } from '@q/core';
import { EvictionPolicyError } from './errors.ts';
import type { Registry } from './handlers/registry.ts';
import { Latch } from './latch.ts';
import { type EnteredLifespan, enterLifespan } from './lifespan.ts';
import { childLogger, type Logger } from './log.ts';
import { logConnection } from './log-connection.ts';
import { newWorkerId, Presence } from './presence.ts';
import { Slots } from './slots.ts';
import { type ResolvedWorkerOptions, resolveGracePeriod } from './worker-options.ts';

/** A started worker. */
export interface RunningWorker extends AsyncDisposable {
  /** Wire id. Another one after the lease was lost and the worker has joined anew. */
  readonly id: string;
  /** Resolves when the worker has stopped. Rejects when it had to, because another version owns the queue now. */
  readonly done: Promise<void>;
  /**
   * Claims nothing more, waits for what runs, then aborts `ctx.signal` of the rest and hands it back uncharged. Ends
   * within the grace period and 3 seconds, tear-down included. Twice is fine.
   *
   * @param options.gracePeriod - instead of the worker's own
   */
  stop(options?: { readonly gracePeriod?: Duration | undefined }): Promise<void>;
}

/** After the grace period, ms: for interrupted handlers to end, for Redis to be told, for everything. */
const handlersMayTake = 500;
const leavingMayTake = 1_000;
const stoppingMayTake = 2_500;

/** From `start()` to the end of `stop()`: connections, set-up, the time in the queue, tear-down. */
export class Lifecycle implements RunningWorker {
  readonly done: Promise<void>;
  readonly #options: ResolvedWorkerOptions;
  readonly #registry: Registry;
  readonly #log: Logger;
  readonly #changes = new Latch();
  readonly #slots: Slots;
  readonly #port: RedisPort;
  readonly #firstId: string;
  readonly #stopping = new AbortController();
  #presence: Presence | null = null;
  #lifespan: EnteredLifespan | null = null;
  #client: Client | null = null;
  #stopped: Promise<void> | null = null;
  #end: (ended: Promise<void>) => void = () => undefined;

  constructor(options: ResolvedWorkerOptions, registry: Registry) {
    const { redis, queue, concurrency, logger, label } = options;
    this.#options = options;
    this.#registry = registry;
    this.#firstId = newWorkerId(label);
    this.#log = childLogger(logger, { queue });
    this.#slots = new Slots(concurrency, () => this.#changes.notify());
    this.#port = openRedisPort({ redis, queue, purpose: 'worker' });
    this.done = new Promise((resolve) => {
      this.#end = resolve;
    });
    // Whoever never looks at it must not be ended by it.
    this.done.catch(() => undefined);
  }

  get id(): string {
    return this.#presence?.id ?? this.#firstId;
  }

  /** Handlers that have not ended. */
  get openRuns(): number {
    return this.#slots.taken;
  }

  /** @throws what the set-up throws, EvictionPolicyError, IncompatibleQueueError; nothing is left behind then. */
  async start(): Promise<void> {
    try {
      logConnection(this.#port, this.#log);
      if (!this.#options.allowEviction) await this.#refuseEviction();
      this.#lifespan = await this.#enterLifespan();
      this.#presence = this.#createPresence(this.#lifespan.deps);
      await this.#presence.begin(this.#stopping.signal);
      this.#log.info({ worker: this.id, names: this.#registry.names }, 'the worker has started');
    } catch (error) {
      this.#stopping.abort();
      await this.#tearDown(performance.now() + stoppingMayTake);
      throw error;
    }
  }

  stop(options: { readonly gracePeriod?: Duration | undefined } = {}): Promise<void> {
    const grace = resolveGracePeriod(options.gracePeriod, this.#options.gracePeriod);
    return this.#stopOnce(grace, null);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Gives up a start that is under way: `start()` rejects. One that has got as far as the queue may still resolve,
   * and is to be stopped like any other.
   */
  cancelStart(): void {
    this.#stopping.abort();
    // A set-up may be waiting for an answer of Redis; what joins the queue heeds the signal.
    if (this.#presence === null) void this.#port.close();
  }

  #stopOnce(grace: number, failure: Error | null): Promise<void> {
    if (this.#stopped === null) {
      this.#stopped = this.#stop(grace);
      this.#end(failure === null ? this.#stopped : this.#stopped.then(() => Promise.reject(failure)));
    }
    return this.#stopped;
  }

  async #stop(grace: number): Promise<void> {
    const deadline = performance.now() + grace + stoppingMayTake;
    this.#stopping.abort();
    await this.#presence?.windDown(AbortSignal.timeout(grace));
    await this.#changes.until(() => this.#slots.taken === 0, {
      signal: AbortSignal.timeout(handlersMayTake),
    });
    await this.#presence?.leave(AbortSignal.timeout(leavingMayTake));
    await this.#tearDown(deadline);
    this.#log.info({ worker: this.id, openRuns: this.openRuns }, 'the worker has stopped');
  }

  async #tearDown(deadline: number): Promise<void> {
    const left = (): number => Math.max(0, Math.round(deadline - performance.now()));
    await withinTime(this.#lifespan?.leave(), left()).catch((error: unknown) => {
      this.#log.error(
        { error },
        'the tear-down of the lifespan failed, or took longer than a stopping worker has',
      );
    });
    await withinTime(this.#client?.close(), left()).catch((error: unknown) => {
      this.#log.warn({ error }, 'what handlers have sent and Redis has not answered is given up');
    });
    await this.#port.close();
  }

  async #refuseEviction(): Promise<void> {
    const { maxmemory_policy: policy = 'noeviction' } = await this.#port.serverInfo({
      signal: this.#stopping.signal,
    });
    if (policy !== 'noeviction') throw new EvictionPolicyError(policy);
  }

  #enterLifespan(): Promise<EnteredLifespan> {
    const { signal } = this.#stopping;
    return enterLifespan(this.#options.lifespan, {
      signal,
      workerId: this.#firstId,
      client: this.#sharedClient(),
      log: this.#log,
    });
  }

  #createPresence(deps: unknown): Presence {
    return new Presence(this.#firstId, {
      port: this.#port,
      blocking: this.#port.fork('blocking'),
      options: this.#options,
      registry: this.#registry,
      slots: this.#slots,
      changes: this.#changes,
      context: { deps, log: this.#log, client: () => this.#sharedClient() },
      log: this.#log,
      onExcluded: (error) => {
        this.#log.error({ error }, 'the worker stops');
        void this.#stopOnce(0, error);
      },
    });
  }

  /** On the main connection. */
  #sharedClient(): Client {
    const { codec } = this.#options;
    this.#client ??= createClientOn(this.#port, { codec });
    return this.#client;
  }
}

async function withinTime(work: Promise<void> | undefined, ms: number): Promise<void> {
  if (work === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within the ${ms} ms that were left`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
