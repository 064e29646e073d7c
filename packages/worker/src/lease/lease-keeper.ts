import type { RedisPort } from '@q/client/port';
import { type RenewReply, renew } from '@q/core/wire';
import type { Logger } from '../log.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { judgeLease, type LeaseState } from './judge-lease.ts';
import { LeaseLapsedError } from './lease-lapsed-error.ts';
import { LeaseLog } from './lease-log.ts';
import type { LeaseReport } from './lease-order.ts';
import { sharedNow } from './shared-clock.ts';
import type { StartBoard } from './start-board.ts';
import { SupervisedThread } from './supervised-thread.ts';
import { writeLeaseOrder } from './write-lease-order.ts';

export interface LeaseKeeper {
  /** Aborts when others may take over what this worker holds; nothing is renewed afterwards. */
  readonly lapsed: AbortSignal;
  /** Whether nobody can have taken over what this worker holds: it was renewed within the last lease. */
  readonly isKept: boolean;
  /** Ends the thread and its connection. Twice is fine. */
  stop(): Promise<void>;
}

export interface LeaseParts {
  readonly port: RedisPort;
  /** Wire id, which has just joined. */
  readonly worker: string;
  /** Ms that a silent worker keeps what it holds. */
  readonly lease: number;
  /** Ms for which the lease of a blocked main loop is renewed, to about a third of a lease. */
  readonly maxBlock: number;
  /** What was claimed and not begun. */
  readonly board: StartBoard;
  readonly log: Logger;
  /** Ids of this worker whose abort was asked for; the same ones again with every renewal. */
  onAborts(ids: readonly string[]): void;
  /** It was renewed, and `isKept` holds. */
  onRenewed(): void;
  /** Called once, after `lapsed` has aborted. */
  onLapsed(reason: string): void;
  /** Names of the tasks that run now, for the log. */
  runningNames(): readonly string[];
}

// The same file from src/ and from dist/.
const threadModule = new URL('../../dist/lease/lease-thread.js', import.meta.url);

/**
 * Renews a worker's lease three times per lease, from a thread with a connection of its own, so that code which
 * blocks the main loop does not cost the tasks. Where there can be no thread (options that cannot be sent to one, a crash) the main loop
 * renews. Resolves when the thread runs or has failed to; never rejects, and never keeps the process alive.
 *
 * While Redis cannot be reached, what runs goes on; when Redis answers but refuses to renew, the lease counts
 * as lapsed at 0.8 of its length.
 */
export async function keepLease(parts: LeaseParts, module: URL = threadModule): Promise<LeaseKeeper> {
  const kept = new KeptLease(parts);
  await kept.begin(module);
  return kept;
}

class KeptLease implements LeaseKeeper {
  readonly #parts: LeaseParts;
  readonly #lapsed = new AbortController();
  readonly #stopping = new AbortController();
  readonly #heartbeat: Heartbeat;
  readonly #log: LeaseLog;
  #thread: SupervisedThread | undefined;
  #stopped: Promise<void> | undefined;
  #hasThread = false;
  #renewedAt: number = sharedNow();
  /** Ms of `performance.now()`, which is cheaper to ask. */
  #keptUntil: number;
  #own: LeaseState['own'] = 'none';
  #ownTriedAt = 0;
  #lastFailure: unknown;
  #refusal: unknown;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#keptUntil = performance.now() + parts.lease;
    this.#log = new LeaseLog(parts);
    this.#heartbeat = startHeartbeat({
      every: Math.min(200, parts.lease / 10),
      onBeat: () => this.#judge(),
      onBlocked: (ms) => this.#log.blocked(ms),
    });
  }

  get lapsed(): AbortSignal {
    return this.#lapsed.signal;
  }

  get isKept(): boolean {
    return performance.now() < this.#keptUntil;
  }

  async begin(module: URL): Promise<void> {
    const connection = this.#parts.port.threadOptions();
    if (connection === null) {
      this.#log.noThread('connections like this one cannot be made in a thread');
      void this.#renewHere();
      return;
    }
    this.#hasThread = true;
    this.#thread = new SupervisedThread({
      module,
      order: writeLeaseOrder(this.#parts, connection, this.#heartbeat.beats),
      onReport: (report) => this.#read(report),
      onCrash: (error) => {
        this.#hasThread = false;
        this.#log.noThread('the lease thread ended', error);
      },
    });
    await this.#thread.start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#heartbeat.stop();
    this.#stopping.abort();
    await this.#thread?.stop();
  }

  #read(report: LeaseReport): void {
    if (report.kind === 'failed') {
      this.#lastFailure = report.reason;
      return;
    }
    try {
      const { worker, lease } = this.#parts;
      this.#take(renew.reply(report.raw, { worker, lease }), report.sentAt);
      this.#hasThread = true;
    } catch (error) {
      this.#lastFailure = error;
    }
  }

  async #renewHere(): Promise<void> {
    const sentAt = sharedNow();
    this.#own = 'under-way';
    this.#ownTriedAt = sentAt;
    const reply = await this.#ask();
    if (reply !== null) this.#take(reply, sentAt);
  }

  async #ask(): Promise<RenewReply | null> {
    const { port, worker, lease } = this.#parts;
    const limits = { deadline: lease / 4, signal: this.#stopping.signal };
    try {
      const reply = await port.run(renew, { worker, lease }, limits);
      this.#own = 'none';
      return reply;
    } catch (error) {
      this.#own = isOutage(error) ? 'unanswered' : 'refused';
      this.#lastFailure = error;
      this.#refusal = error;
      return null;
    }
  }

  #take(reply: RenewReply, sentAt: number): void {
    if (this.#stopping.signal.aborted) return;
    if (reply.kind === 'lapsed') {
      this.#lapse('it was not renewed in time, and other workers take over what this one held');
      return;
    }
    if (sentAt < this.#renewedAt) return;
    this.#renewedAt = sentAt;
    this.#keptUntil = performance.now() + this.#parts.lease - (sharedNow() - sentAt);
    if (this.#own !== 'under-way') this.#own = 'none';
    this.#log.renewed();
    if (reply.aborts.length > 0) this.#parts.onAborts(reply.aborts);
    this.#parts.onRenewed();
  }

  #judge(): void {
    const now = sharedNow();
    const { lease } = this.#parts;
    const state = {
      unrenewedFor: now - this.#renewedAt,
      lease,
      hasThread: this.#hasThread,
      own: this.#own,
      triedFor: now - this.#ownTriedAt,
    };
    switch (judgeLease(state)) {
      case 'rest':
        return;
      case 'renew-here':
        void this.#renewHere();
        return;
      case 'doubtful':
        this.#log.doubtful(state.unrenewedFor, this.#lastFailure);
        return;
      case 'lapsed':
        this.#lapse('Redis refuses to renew it; see the cause', this.#refusal);
    }
  }

  #lapse(reason: string, cause?: unknown): void {
    if (this.#lapsed.signal.aborted || this.#stopping.signal.aborted) return;
    const error = new LeaseLapsedError(reason, this.#parts.lease, cause === undefined ? {} : { cause });
    this.#lapsed.abort(error);
    void this.stop();
    this.#parts.onLapsed(error.message);
  }
}

/** By code: the port's errors say themselves whether Redis answered. */
function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'Q_REDIS_UNAVAILABLE' || error.code === 'Q_PORT_CLOSED';
}
