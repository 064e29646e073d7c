import { hostname } from 'node:os';
import type { RedisPort } from '@q/client/port';
import { join, leave, PROTOCOL_VERSION } from '@q/core/wire';
import { IncompatibleQueueError } from './errors.ts';
import { SettleQueue } from './execution/settle-queue.ts';
import { Timeouts } from './execution/timeouts.ts';
import type { Registry } from './handlers/registry.ts';
import type { ContextParts } from './handlers/task-context.ts';
import { Holdings } from './holdings.ts';
import { InFlight } from './in-flight.ts';
import type { Latch } from './latch.ts';
import { keepLease, type LeaseKeeper } from './lease/lease-keeper.ts';
import { StartBoard } from './lease/start-board.ts';
import { childLogger, type Logger } from './log.ts';
import { Appetite } from './loops/appetite.ts';
import { Courtesy } from './loops/courtesy.ts';
import { listenLoop } from './loops/listen.ts';
import { reconcilePass } from './loops/reconcile.ts';
import { type LoopOptions, runLoop } from './loops/run-loop.ts';
import { schedulesPass } from './loops/schedules.ts';
import { SettleLane, type SettleLaneParts } from './loops/settle-lane.ts';
import { mostWanted, StepLoop } from './loops/step.ts';
import { Pace } from './pace.ts';
import type { Slots } from './slots.ts';
import type { ResolvedWorkerOptions } from './worker-options.ts';

/** What outlives a membership: a worker that lapses joins again with the same ones. */
export interface MembershipParts {
  readonly port: RedisPort;
  readonly blocking: RedisPort;
  readonly options: ResolvedWorkerOptions;
  readonly registry: Registry;
  readonly slots: Slots;
  /** Also notified when a slot gets free. */
  readonly changes: Latch;
  readonly context: Omit<ContextParts, 'workerId'>;
  readonly log: Logger;
}

/**
 * One wire id in the queue, from `join` to `leave` or to the loss of the lease. What it holds is held under this id
 * alone; a worker whose lease was lost drops it whole and makes another.
 */
export class Membership {
  /** Wire id, never used again. */
  readonly worker: string;
  /** Resolves when it is over: left, or its lease lost. */
  readonly ended: Promise<void>;
  readonly #parts: MembershipParts;
  readonly #log: Logger;
  readonly #inFlight = new InFlight();
  readonly #settles = new SettleQueue();
  readonly #appetite: Appetite;
  readonly #courtesy = new Courtesy();
  readonly #board: StartBoard;
  readonly #lane: SettleLane;
  readonly #step: StepLoop;
  readonly #holdings: Holdings;
  readonly #stopping = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #keeper: LeaseKeeper | null = null;
  #isLapsed = false;
  #onEnded: () => void = () => undefined;

  constructor(worker: string, parts: MembershipParts) {
    this.worker = worker;
    this.#parts = parts;
    this.#log = childLogger(parts.log, { worker });
    const { concurrency, prefetch } = parts.options;
    this.#board = StartBoard.ofSize(Math.min(concurrency + prefetch, mostWanted));
    this.ended = new Promise((resolve) => {
      this.#onEnded = resolve;
    });
    this.#appetite = new Appetite(() => parts.changes.notify());
    this.#holdings = this.#createHoldings();
    const conversing = this.#conversing();
    this.#lane = new SettleLane(conversing);
    this.#step = this.#createStep(conversing);
  }

  /**
   * Waits for Redis as long as the signal lets it. Answers since when the worker's code is there, epoch ms of Redis: the time of its
   * first membership, so that an old deployment that joins anew does not take the schedules of a newer one over.
   *
   * @throws IncompatibleQueueError, and what `port.run` throws
   */
  async join(signal: AbortSignal, firstJoinedAt: number | null): Promise<number> {
    const { port, options, registry } = this.#parts;
    const { label, concurrency, queue, lease, maxBlock } = options;
    const info = JSON.stringify({
      label,
      host: hostname(),
      pid: process.pid,
      concurrency,
      lease,
      names: registry.names,
    });
    const reply = await port.run(join, { worker: this.worker, info, lease }, { signal });
    if (reply.kind === 'incompatible')
      throw new IncompatibleQueueError(queue, reply.protocol, PROTOCOL_VERSION);
    this.#keeper = await keepLease({
      port,
      worker: this.worker,
      lease,
      maxBlock,
      board: this.#board,
      log: this.#log,
      onAborts: (ids) => {
        for (const id of ids) this.#holdings.abort(id);
      },
      onRenewed: () => this.#holdings.fill(),
      onLapsed: (reason) => this.#lapse(reason),
      runningNames: () => this.#inFlight.names(),
    });
    const startedAt = firstJoinedAt ?? reply.now;
    this.#loops = Promise.all(
      this.#createLoops(startedAt).map((loop) => runLoop(loop, this.#stopping.signal)),
    );
    return startedAt;
  }

  /** From now on nothing new is started; what a claim under way brings goes back at once. */
  stopClaiming(): void {
    this.#holdings.stopStarting();
  }

  /** Resolves when no outcome is awaited any more, and when the signal aborts. */
  idle(signal: AbortSignal): Promise<void> {
    return this.#parts.changes.until(() => this.#inFlight.size === 0, { signal });
  }

  /** Aborts the signals of all handlers; their tasks go back uncharged. */
  shutDown(): void {
    this.#holdings.interruptAll({ kind: 'shut-down' });
  }

  /** Sends what is left to say, gives back what is left, and is gone. Gives up when the signal aborts: the lease does the rest. */
  async leave(signal: AbortSignal): Promise<void> {
    const isSaid = (): boolean => this.#inFlight.size === 0 && this.#step.isFlushed;
    await this.#parts.changes.until(() => this.#isLapsed || isSaid(), { signal });
    const ended = this.#end();
    await this.#loops;
    if (!this.#isLapsed) await this.#sayLeaving(signal);
    await ended;
  }

  /** Before the lease thread has ended, which may take longer than there is time: a renewal of one that has left changes nothing. */
  async #sayLeaving(signal: AbortSignal): Promise<void> {
    try {
      while ((await this.#parts.port.run(leave, { worker: this.worker }, { signal })).kind === 'more');
    } catch (error) {
      this.#log.warn(
        { error },
        'the worker could not say that it leaves; what it held is taken over when its lease is over',
      );
    }
  }

  async #end(): Promise<void> {
    this.#stopping.abort();
    this.#appetite.wakeIn(null);
    await Promise.all([this.#loops, this.#keeper?.stop()]);
    this.#onEnded();
  }

  #lapse(reason: string): void {
    if (this.#isLapsed || this.#stopping.signal.aborted) return;
    this.#isLapsed = true;
    this.#log.error(
      { reason, running: this.#inFlight.size },
      'the lease of this worker was lost; what it ran is aborted, and it joins anew',
    );
    this.#holdings.drop();
    void this.#end();
  }

  #createLoops(startedAt: number): LoopOptions[] {
    const { port, blocking, registry, slots, changes, options } = this.#parts;
    const { worker } = this;
    const log = this.#log;
    const onError = (error: unknown, loop: string): void =>
      log.error({ error, loop }, 'a loop of the worker failed; it is tried again');
    const { schedules } = registry;
    return [
      this.#step.loop,
      this.#lane.loop,
      listenLoop({
        blocking,
        worker,
        slots,
        appetite: this.#appetite,
        courtesy: this.#courtesy,
        changes,
        claims: this.#step,
        onAbort: (id) => this.#holdings.abort(id),
        onError,
      }),
      reconcilePass({
        port,
        worker,
        lease: options.lease,
        inFlight: this.#inFlight,
        onUnknown: (id, claim) => this.#holdings.giveBackUnknown(id, claim),
        onMissing: (id) => this.#holdings.lose(id),
        isOpen: (id, claim) => this.#holdings.isOpen(id, claim),
        onKept: (lock) => this.#holdings.unlock(lock),
        onLapsed: (reason) => this.#lapse(reason),
        log,
      }),
      ...(schedules.length === 0 ? [] : [schedulesPass({ port, worker, startedAt, schedules, log })]),
    ];
  }

  /** What both ways of talking to the queue share. */
  #conversing(): SettleLaneParts {
    const { port, changes, options } = this.#parts;
    return {
      port,
      worker: this.worker,
      lease: options.lease,
      inFlight: this.#inFlight,
      settles: this.#settles,
      courtesy: this.#courtesy,
      changes,
      onRefused: (item) => this.#holdings.refused(item),
      onError: (error) =>
        this.#log.error({ error }, 'outcomes could not be sent or tasks not be claimed; it is tried again'),
    };
  }

  #createStep(conversing: SettleLaneParts): StepLoop {
    return new StepLoop({
      ...conversing,
      lane: this.#lane,
      appetite: this.#appetite,
      holdings: this.#holdings,
      onAnswered: () => {
        if (!this.#step.isAsking) this.#holdings.answered();
        this.#parts.changes.notify();
      },
      onLapsed: () => this.#lapse('Redis does not know this worker any more'),
    });
  }

  #createHoldings(): Holdings {
    const { port, slots, changes, options, registry, context } = this.#parts;
    return new Holdings({
      registry,
      codec: options.codec,
      context: { ...context, workerId: this.worker },
      log: this.#log,
      now: () => port.clock.now(),
      abandonAfter: options.abandonAfter,
      lease: options.lease,
      slots,
      board: this.#board,
      inFlight: this.#inFlight,
      settles: this.#settles,
      changes,
      isKept: () => this.#keeper?.isKept ?? true,
      timeouts: new Timeouts(),
      pace: new Pace(options.prefetch),
      claims: () => this.#step,
    });
  }
}
