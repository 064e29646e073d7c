import { QueueUnavailableError } from '@q/core';
import { type EnqueuedItem, enqueue } from '@q/core/wire';
import { atEndOfTick } from './at-end-of-tick.ts';
import { errorForTask } from './call-error.ts';
import { ClientClosedError, QueueBusyError } from './errors.ts';
import { monotonicNow } from './monotonic-now.ts';
import { encodeOutgoing, type OutgoingTask } from './outgoing-task.ts';
import type { RedisPort } from './redis-port.ts';
import { batchLength, mostBytes, mostItems } from './take-batch.ts';

interface Waiting {
  readonly outgoing: OutgoingTask;
  /** Order of arrival: what is given back by a failed call goes to its old place. */
  readonly place: number;
  /** Monotonic ms. The deadline is the same for all, so the first in line is the first to expire. */
  readonly expiresAt: number;
  readonly resolve: (answer: EnqueuedItem) => void;
  readonly reject: (error: unknown) => void;
}

/** A second call may start before the first is answered, but only a full one: others gather meanwhile. */
const mostCalls = 2;
const mostWaitingWhileLost = 10_000;
/** Each late answer teaches the time of Redis; a clock that is still wrong after so many will not be right. */
const mostLateAnswers = 5;

/**
 * Sends everything that is enqueued in one tick as one script call, in the order of arrival.
 *
 * An item is `waiting`, or carried by a call under way, and leaves by its answer, by its deadline, or by an error of its
 * call that does not pass. A call without an answer gives the items that still have time back to the line: sending them
 * twice makes no second task.
 */
export class Coalescer {
  readonly #port: RedisPort;
  /** Ms. */
  readonly #deadline: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #arrivals = 0;
  #callsUnderWay = 0;
  #isFlushPlanned = false;
  #isClosed = false;
  #expiry: NodeJS.Timeout | undefined;
  #lastError: unknown;
  readonly #whenIdle = new Set<() => void>();

  constructor(port: RedisPort, deadline: number) {
    this.#port = port;
    this.#deadline = deadline;
  }

  /** @throws QueueUnavailableError · QueueBusyError · RedisRefusedError · ClientClosedError, all as rejections. */
  add(outgoing: OutgoingTask): Promise<EnqueuedItem> {
    const { queue } = this.#port.keys;
    if (this.#isClosed) return Promise.reject(new ClientClosedError(queue));
    if (this.#port.isLost && this.#waiting.length >= mostWaitingWhileLost) {
      return Promise.reject(new QueueBusyError(outgoing.id, queue, this.#waiting.length));
    }
    return new Promise((resolve, reject) => {
      const place = this.#arrivals++;
      this.#waiting.push({ outgoing, place, expiresAt: monotonicNow() + this.#deadline, resolve, reject });
      this.#waitingBytes += outgoing.bytes;
      this.#planFlush();
    });
  }

  /** Refuses further items; resolves when all others are settled, each within its deadline. */
  close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.add(resolve));
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#callsUnderWay === 0;
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    atEndOfTick(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#maySend()) void this.#send(this.#take(batchLength(this.#waiting)));
    this.#watchExpiry();
    if (!this.#isIdle()) return;
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle.clear();
  }

  #maySend(): boolean {
    if (this.#waiting.length === 0 || this.#callsUnderWay >= mostCalls) return false;
    return this.#callsUnderWay === 0 || this.#waiting.length >= mostItems || this.#waitingBytes >= mostBytes;
  }

  #take(count: number): readonly Waiting[] {
    const taken = this.#waiting.splice(0, count);
    for (const { outgoing } of taken) this.#waitingBytes -= outgoing.bytes;
    return taken;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#callsUnderWay += 1;
    try {
      const answers = await this.#call(batch);
      for (const [at, { resolve }] of batch.entries()) resolve(answers[at] ?? { kind: 'created' });
    } catch (error) {
      this.#giveBack(batch, error);
    }
    this.#callsUnderWay -= 1;
    this.#flush();
  }

  async #call(batch: readonly Waiting[]): Promise<readonly EnqueuedItem[]> {
    const { keys, clock } = this.#port;
    const [first] = batch;
    for (let lateAnswers = 0; first !== undefined && lateAnswers < mostLateAnswers; lateAnswers += 1) {
      // Nothing may be written after the first of them was told that it was not.
      const deadline = first.expiresAt - monotonicNow();
      const now = clock.now();
      const items = batch.map(({ outgoing }) => itemOf(outgoing, now));
      const reply = await this.#port.run(
        enqueue,
        { notAfter: Math.floor(now + deadline), items },
        { deadline, id: first.outgoing.id },
      );
      if (reply.kind === 'done') return reply.items;
    }
    throw new QueueUnavailableError({
      id: first?.outgoing.id ?? null,
      queue: keys.queue,
      after: this.#deadline,
    });
  }

  #giveBack(batch: readonly Waiting[], error: unknown): void {
    this.#lastError = error;
    // A timer may fire a fraction of a ms early.
    const now = monotonicNow() + 1;
    const hasExpired = batch.some(({ expiresAt }) => expiresAt <= now);
    // An error that came before anyone's time was over would come again at once.
    const kept =
      error instanceof QueueUnavailableError && hasExpired
        ? batch.filter(({ expiresAt }) => expiresAt > now)
        : [];
    const left = new Set(kept);
    for (const waiting of batch) if (!left.has(waiting)) this.#refuse(waiting, error);
    for (const { outgoing } of kept) this.#waitingBytes += outgoing.bytes;
    this.#waiting = [...kept, ...this.#waiting].sort((one, other) => one.place - other.place);
  }

  #refuse({ outgoing, reject }: Waiting, error: unknown): void {
    reject(errorForTask(error, outgoing.id, this.#port.keys.queue));
  }

  /** Items behind a call that gets no answer have deadlines too. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#expiry = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(first.expiresAt - monotonicNow())));
  }

  #expire(): void {
    const now = monotonicNow();
    const firstAlive = this.#waiting.findIndex(({ expiresAt }) => expiresAt > now);
    const { queue } = this.#port.keys;
    const cause = this.#lastError instanceof QueueUnavailableError ? this.#lastError.cause : undefined;
    for (const waiting of this.#take(firstAlive === -1 ? this.#waiting.length : firstAlive)) {
      const facts = { id: waiting.outgoing.id, queue, after: this.#deadline };
      waiting.reject(new QueueUnavailableError(facts, cause === undefined ? {} : { cause }));
    }
    this.#flush();
  }
}

function itemOf(
  outgoing: OutgoingTask,
  now: number,
): { id: string; value: string | Uint8Array; nonce: string; start: OutgoingTask['options']['start'] } {
  const { id, nonce, options, calledAt } = outgoing;
  const createdAt = Math.floor(now - (monotonicNow() - calledAt));
  return { id, value: encodeOutgoing(outgoing, createdAt, now), nonce, start: options.start };
}
