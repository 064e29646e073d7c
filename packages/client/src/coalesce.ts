import { QueueUnavailableError } from '@q/core';
import {
  type EnqueuedItem,
  type EnqueueInput,
  type EnqueueItem,
  type EnqueueReply,
  enqueue,
  type ResolvedDurability,
} from '@q/core/wire';
import { atEndOfTick } from './at-end-of-tick.ts';
import { errorForTask } from './call-error.ts';
import { ClientClosedError, NotReplicatedError, QueueBusyError } from './errors.ts';
import { Line } from './line.ts';
import { monotonicNow } from './monotonic-now.ts';
import type { OutgoingTask } from './outgoing-task.ts';
import type { Confirmed, RedisPort, Replicated, RunOptions } from './redis-port.ts';
import type { ResultWaits } from './result-waits.ts';
import { mostBytes, mostItems } from './take-batch.ts';
import { TaskEncoder } from './task-encoder.ts';

/**
 * Others may start before the first call is answered, but only full ones: what does not fill one gathers meanwhile. So
 * many keep Redis and this process busy at the same time, and hold at most 4 MiB.
 */
const mostCalls = 16;
/** What cannot be sent has to wait in line, where it is counted. */
const mostCallsWhileLost = 1;
const mostWaitingWhileLost = 10_000;
const noReplicas: ResolvedDurability = { replicas: 0, timeout: 0 };
const created: EnqueuedItem = { kind: 'created' };
/** Each late answer teaches the time of Redis; a clock that is still wrong after so many will not be right. */
const mostLateAnswers = 5;

interface Answers extends Confirmed {
  readonly items: readonly EnqueuedItem[];
}

export interface CoalescerParts {
  readonly port: RedisPort;
  /** Ms. */
  readonly deadline: number;
  /** Its id on the wire. */
  readonly codec: string;
  readonly results: Pick<ResultWaits, 'expect' | 'enqueued' | 'failed'>;
  /** What every task of it is to have reached; `null`: the master is enough. */
  readonly durability: ResolvedDurability | null;
}

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
  readonly #encoder: TaskEncoder;
  readonly #results: CoalescerParts['results'];
  readonly #durability: ResolvedDurability | null;
  readonly #line = new Line<OutgoingTask>();
  #arrivals = 0;
  #callsUnderWay = 0;
  #isFlushPlanned = false;
  #isClosed = false;
  #expiry: NodeJS.Timeout | undefined;
  #lastError: unknown;
  readonly #whenIdle = new Set<() => void>();

  constructor({ port, deadline, codec, results, durability }: CoalescerParts) {
    this.#port = port;
    this.#durability = durability;
    this.#results = results;
    this.#deadline = deadline;
    this.#encoder = new TaskEncoder(codec);
  }

  /** @throws QueueBusyError · ClientClosedError, when so many more would be refused; they name `first`. */
  requireRoom(count: number, first: OutgoingTask): void {
    const { queue } = this.#port.keys;
    if (this.#isClosed) throw new ClientClosedError(queue);
    if (this.#line.length + count > mostWaitingWhileLost && this.#port.isLost)
      throw new QueueBusyError(first.id, queue, this.#line.length);
  }

  /** @throws QueueBusyError · ClientClosedError. What happens to it later, it is told. */
  add(outgoing: OutgoingTask): void {
    this.requireRoom(1, outgoing);
    outgoing.place = this.#arrivals++;
    outgoing.expiresAt = Math.floor(monotonicNow()) + this.#deadline;
    this.#line.add(outgoing);
    // A full call has nothing to wait for.
    if (this.#isFull() && this.#maySend()) this.#flush();
    else this.#planFlush();
  }

  /** Refuses further items; resolves when all others are settled, each within its deadline. */
  close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.add(resolve));
  }

  #isIdle(): boolean {
    return this.#line.length === 0 && this.#callsUnderWay === 0;
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
    while (this.#maySend()) void this.#send(this.#line.takeBatch());
    this.#watchExpiry();
    if (!this.#isIdle()) return;
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle.clear();
  }

  #maySend(): boolean {
    if (this.#callsUnderWay === 0) return this.#line.length > 0;
    return this.#isFull() && this.#callsUnderWay < (this.#port.isLost ? mostCallsWhileLost : mostCalls);
  }

  #isFull(): boolean {
    return this.#line.length >= mostItems || this.#line.bytes >= mostBytes;
  }

  async #send(batch: readonly OutgoingTask[]): Promise<void> {
    this.#callsUnderWay += 1;
    try {
      const answers = await this.#call(batch);
      for (let at = 0; at < batch.length; at += 1)
        this.#answer(batch[at], answers.items[at] ?? created, answers);
    } catch (error) {
      this.#results.failed(batch);
      this.#giveBack(batch, error);
    }
    this.#callsUnderWay -= 1;
    this.#flush();
  }

  async #call(batch: readonly OutgoingTask[]): Promise<Answers> {
    const { keys, clock } = this.#port;
    const [first] = batch;
    const watcher = this.#results.expect(batch);
    for (let lateAnswers = 0; first !== undefined && lateAnswers < mostLateAnswers; lateAnswers += 1) {
      // Nothing may be written after the first of them was told that it was not.
      const deadline = first.expiresAt - monotonicNow();
      const now = clock.now();
      const items = batch.map((outgoing) => this.#itemOf(outgoing, now));
      const input = { notAfter: Math.floor(now + deadline), items, watcher };
      const { reply, replicas, refusal } = await this.#run(input, { deadline, id: first.id });
      if (reply.kind !== 'done') continue;
      this.#results.enqueued(batch, reply.isWatched);
      return { items: reply.items, replicas, refusal };
    }
    throw new QueueUnavailableError({ id: first?.id ?? null, queue: keys.queue, after: this.#deadline });
  }

  #run(input: EnqueueInput, options: RunOptions): Promise<Replicated<EnqueueReply>> {
    if (this.#durability !== null)
      return this.#port.runReplicated({ script: enqueue, input }, this.#durability, options);
    return this.#port.run(enqueue, input, options).then((reply) => ({ reply, replicas: 0, refusal: null }));
  }

  #answer(
    outgoing: OutgoingTask | undefined,
    answer: EnqueuedItem,
    { replicas: confirmed, refusal }: Confirmed,
  ): void {
    const { replicas: wanted, timeout } = this.#durability ?? noReplicas;
    if (confirmed >= wanted || answer.kind === 'refused') outgoing?.answered(answer);
    else if (outgoing !== undefined) {
      const { id } = outgoing;
      const facts = { id, queue: this.#port.keys.queue, wanted, confirmed, timeout };
      outgoing.refused(new NotReplicatedError(facts, refusal === null ? {} : { cause: refusal }));
    }
  }

  #itemOf(outgoing: OutgoingTask, now: number): EnqueueItem {
    const { id, nonce, options } = outgoing;
    return { id, value: this.#encoder.encode(outgoing, now), nonce, start: options.start };
  }

  #giveBack(batch: readonly OutgoingTask[], error: unknown): void {
    this.#lastError = error;
    // A timer may fire a fraction of a ms early.
    const now = monotonicNow() + 1;
    const hasExpired = batch.some(({ expiresAt }) => expiresAt <= now);
    // An error that came before anyone's time was over would come again at once.
    const mayKeep = error instanceof QueueUnavailableError && hasExpired;
    const kept = mayKeep ? batch.filter(({ expiresAt }) => expiresAt > now) : [];
    const left = new Set(kept);
    for (const outgoing of batch) {
      if (!left.has(outgoing)) outgoing.refused(errorForTask(error, outgoing.id, this.#port.keys.queue));
    }
    this.#line.giveBack(kept);
  }

  /** Items behind a call that gets no answer have deadlines too. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const { first } = this.#line;
    if (first === undefined) return;
    this.#expiry = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(first.expiresAt - monotonicNow())));
  }

  #expire(): void {
    const { queue } = this.#port.keys;
    const cause = this.#lastError instanceof QueueUnavailableError ? this.#lastError.cause : undefined;
    for (const outgoing of this.#line.takeExpired(monotonicNow())) {
      const facts = { id: outgoing.id, queue, after: this.#deadline };
      outgoing.refused(new QueueUnavailableError(facts, cause === undefined ? {} : { cause }));
    }
    this.#flush();
  }
}
