import { decodeResultMessage, unwatch, type WatchedItem, watch } from '@q/core/wire';
import { atEndOfTick } from './at-end-of-tick.ts';
import { errorForTask } from './call-error.ts';
import { ClientClosedError, ResultMissingError } from './errors.ts';
import { ExpectedResults } from './expected-results.ts';
import { type Limits, withinLimits } from './limits.ts';
import type { OutgoingTask } from './outgoing-task.ts';
import type { FinishedValue } from './read-result.ts';
import type { RedisPort } from './redis-port.ts';
import { ResultSubscriber } from './result-subscriber.ts';
import { TickBatch } from './tick-batch.ts';

interface Waiter {
  readonly resolve: (finished: FinishedValue) => void;
  readonly reject: (error: unknown) => void;
}

/** One id that is waited for. */
interface Wait {
  readonly id: string;
  readonly waiters: Set<Waiter>;
  /** Redis has this client on the id's list; from then on its result is published to it. */
  isWatched: boolean;
}

const mostIds = 200;
const shortestRest = 2_000;
const longestRest = 5_000;

/**
 * Everybody here who waits for a result. Results are published to this client's channel; a message that is lost, with
 * its connection or without, is made up for by asking again: after every reconnect and every few seconds.
 *
 * An id is `unasked` (to be sent with the next `watch`), asked, or `watched`; it leaves when its result comes, when it is
 * missing, or when nobody waits for it any more. One `watch` is under way at a time.
 */
export class ResultWaits {
  readonly #port: RedisPort;
  readonly #subscriber: ResultSubscriber;
  readonly #waits = new Map<string, Wait>();
  readonly #unasked = new Set<string>();
  readonly #expected = new ExpectedResults();
  readonly #leaving: TickBatch<string, true>;
  readonly #closing = new AbortController();
  #isAsking = false;
  #nextRound: NodeJS.Timeout | undefined;

  constructor(port: RedisPort) {
    this.#port = port;
    this.#subscriber = new ResultSubscriber(port, {
      onMessage: (bytes) => this.#receive(bytes),
      onRestored: () => this.#askAgain(),
    });
    this.#leaving = new TickBatch({
      most: mostIds,
      send: (ids) => this.#unwatch(ids),
      errorFor: (_id, error) => error,
    });
  }

  /** @throws OutOfTimeError, the signal's reason, ResultMissingError, ClientClosedError, all as rejections. */
  wait(id: string, limits: Limits): Promise<FinishedValue> {
    if (this.#closing.signal.aborted) return Promise.reject(new ClientClosedError(this.#port.keys.queue));
    const expected = this.#expected.take(id);
    return withinLimits(limits, (resolve, reject) => {
      if (expected?.value !== undefined) {
        resolve({ value: expected.value, readAt: null });
        return () => undefined;
      }
      const waiter = { resolve, reject };
      const wait = this.#join(id, expected?.isWatched === true);
      wait.waiters.add(waiter);
      return () => this.#leave(wait, waiter);
    });
  }

  /** The client that a call is to name which enqueues these; empty when nobody is likely to wait. {@link enqueued} or {@link failed} has to follow. */
  expect(batch: readonly OutgoingTask[]): string {
    const { isListening, name } = this.#subscriber;
    return isListening && this.#expected.expect(batch) ? name : '';
  }

  /** Before those who enqueued them hear of it. */
  enqueued(batch: readonly OutgoingTask[], isWatched: boolean): void {
    this.#expected.enqueued(batch, isWatched);
  }

  failed(batch: readonly OutgoingTask[]): void {
    this.#expected.failed(batch);
  }

  /** Rejects all waits and ends the connection that was made for them. */
  async close(): Promise<void> {
    const error = new ClientClosedError(this.#port.keys.queue);
    this.#closing.abort(error);
    clearTimeout(this.#nextRound);
    for (const wait of [...this.#waits.values()]) this.#end(wait, ({ reject }) => reject(error));
    await this.#subscriber.close();
  }

  #join(id: string, isWatched: boolean): Wait {
    const found = this.#waits.get(id);
    if (found !== undefined) return found;
    const wait: Wait = { id, waiters: new Set(), isWatched };
    this.#waits.set(id, wait);
    if (!isWatched && this.#unasked.add(id).size === 1) atEndOfTick(() => void this.#ask());
    this.#planRound();
    return wait;
  }

  #leave(wait: Wait, waiter: Waiter): void {
    if (!wait.waiters.delete(waiter) || wait.waiters.size > 0 || this.#waits.get(wait.id) !== wait) return;
    this.#forget(wait.id);
    // The list would lose it anyway when the task ends.
    this.#leaving.ask(wait.id).catch(() => undefined);
  }

  #forget(id: string): void {
    this.#waits.delete(id);
    this.#unasked.delete(id);
  }

  #end(wait: Wait, tell: (waiter: Waiter) => void): void {
    this.#forget(wait.id);
    const waiters = [...wait.waiters];
    wait.waiters.clear();
    for (const waiter of waiters) tell(waiter);
  }

  #askAgain(): void {
    this.#expected.doubt();
    for (const id of this.#waits.keys()) this.#unasked.add(id);
    void this.#ask();
  }

  /** It is not called off when nobody waits any more: the next wait is likely to come before it. */
  #planRound(): void {
    if (this.#nextRound !== undefined || this.#waits.size === 0) return;
    const rest = shortestRest + Math.random() * (longestRest - shortestRest);
    this.#nextRound = setTimeout(() => {
      this.#nextRound = undefined;
      this.#subscriber.check();
      this.#askAgain();
      this.#planRound();
    }, rest).unref();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#unasked.size > 0 && !this.#closing.signal.aborted) {
      const ids = [...this.#unasked].slice(0, mostIds);
      for (const id of ids) this.#unasked.delete(id);
      await this.#watch(ids);
    }
    this.#isAsking = false;
  }

  /** First the subscription: a result that is published between the two would be lost. */
  async #watch(ids: readonly string[]): Promise<void> {
    try {
      const client = await this.#subscriber.listen();
      const { items, now } = await this.#port.run(watch, { client, ids }, { signal: this.#closing.signal });
      for (const [at, id] of ids.entries()) this.#accept(id, items[at], now);
    } catch (error) {
      for (const id of ids) this.#fail(id, error);
    }
  }

  #accept(id: string, item: WatchedItem | undefined, now: number): void {
    const wait = this.#waits.get(id);
    if (wait === undefined || item === undefined) return;
    const { isWatched } = wait;
    switch (item.kind) {
      case 'watching':
        wait.isWatched = true;
        break;
      case 'missing':
        this.#end(wait, ({ reject }) => reject(new ResultMissingError(id, this.#port.keys.queue)));
        break;
      case 'finished':
        this.#end(wait, ({ resolve }) => resolve({ value: item.value, readAt: isWatched ? null : now }));
        break;
    }
  }

  #fail(id: string, error: unknown): void {
    const wait = this.#waits.get(id);
    if (wait !== undefined)
      this.#end(wait, ({ reject }) => reject(errorForTask(error, id, this.#port.keys.queue)));
  }

  #receive(message: Buffer): void {
    for (const { id, value } of decodeResultMessage(message)) {
      const wait = this.#waits.get(id);
      if (wait === undefined) {
        this.#expected.keep(id, value);
        continue;
      }
      if (value !== null) {
        this.#end(wait, ({ resolve }) => resolve({ value, readAt: null }));
        continue;
      }
      // Too large to be published: it is stored.
      wait.isWatched = true;
      this.#unasked.add(id);
      void this.#ask();
    }
  }

  async #unwatch(ids: readonly string[]): Promise<readonly true[]> {
    // Somebody may have come back to an id meanwhile.
    const gone = ids.filter((id) => !this.#waits.has(id));
    const limits = { signal: this.#closing.signal, deadline: longestRest };
    const client = this.#subscriber.name;
    if (gone.length > 0 && client !== '') await this.#port.run(unwatch, { client, ids: gone }, limits);
    return ids.map(() => true);
  }
}
