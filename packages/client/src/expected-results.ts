import type { AnyTask } from '@q/core';
import { atEndOfTick } from './at-end-of-tick.ts';
import type { OutgoingTask } from './outgoing-task.ts';

/** A task that is being enqueued, or was a moment ago. */
interface Expected {
  readonly task: AnyTask;
  /** Its result will be published to this client, or has been. */
  isWatched: boolean;
  value: Buffer | undefined;
}

export type TakenResult = Pick<Expected, 'isWatched' | 'value'>;

/** Who enqueues so many at once rarely waits for each. */
const mostTogether = 50;

/**
 * Guesses whose result will be waited for, so that the enqueue can ask for it as well: whatever was waited for at once
 * the last time. A wrong guess costs Redis an entry and a message that nobody reads, and is not made twice.
 */
export class ExpectedResults {
  /** Results of these tasks were waited for as soon as they were enqueued. */
  readonly #eager = new WeakSet<AnyTask>();
  readonly #expected = new Map<string, Expected>();

  /** Whether the call that enqueues these is to ask for their results; then {@link enqueued} or {@link failed} has to follow. */
  expect(batch: readonly OutgoingTask[]): boolean {
    if (batch.length > mostTogether || !batch.every((outgoing) => this.#isLikely(outgoing))) return false;
    for (const { id, task } of batch) this.#expected.set(id, { task, isWatched: true, value: undefined });
    return true;
  }

  /** Who waits for them in this very tick makes it likely that the next ones are waited for too. */
  enqueued(batch: readonly OutgoingTask[], isWatched: boolean): void {
    if (batch.length > mostTogether) return;
    for (const { id, task } of batch) {
      const expected = this.#expected.get(id);
      if (expected === undefined) this.#expected.set(id, { task, isWatched: false, value: undefined });
      else if (!isWatched) expected.isWatched = false;
    }
    atEndOfTick(() => {
      for (const { id, task } of batch) if (this.#expected.delete(id)) this.#eager.delete(task);
    });
  }

  failed(batch: readonly OutgoingTask[]): void {
    for (const { id } of batch) this.#expected.delete(id);
  }

  /** A result, `null` for one that is too large to be published, may come before its enqueue is answered. */
  keep(id: string, value: Buffer | null): void {
    const expected = this.#expected.get(id);
    if (expected === undefined) return;
    if (value === null) expected.isWatched = false;
    else expected.value = value;
  }

  /** Somebody waits for it. */
  take(id: string): TakenResult | undefined {
    const expected = this.#expected.get(id);
    if (expected === undefined) return undefined;
    this.#expected.delete(id);
    this.#eager.add(expected.task);
    return expected;
  }

  /** Messages may have been lost. */
  doubt(): void {
    for (const expected of this.#expected.values()) expected.isWatched = false;
  }

  /** A given id may be known already, and a task that starts later is not waited for by this. */
  #isLikely({ task, nonce, options }: OutgoingTask): boolean {
    return nonce === '' && options.start.kind === 'now' && this.#eager.has(task);
  }
}
