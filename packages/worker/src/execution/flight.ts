import { LeaseLostError, TaskAbortedError, TaskTimeoutError, WorkerStoppingError } from '../errors.ts';
import type { Delivery } from './delivery.ts';
import type { Interruption } from './run.ts';

/**
 * One delivery on its way: it waits for a slot, runs, and is settled. It is decided once, by the handler's end or by the
 * first interruption; it is landed when the handler has really ended, or was given up.
 */
export class Flight {
  readonly delivery: Delivery;
  /** Its handler has really ended; one that was given up may still run. */
  hasReturned = false;
  /** Its handler has been called, or cannot be any more. */
  isStarted = false;
  /** What is to be said of it is on the way, or nothing is. */
  isSettled = false;
  readonly #lease: number;
  #controller: AbortController | null = null;
  #reason: Error | null = null;
  #onInterrupted: ((interruption: Interruption) => void) | null = null;
  #isDecided = false;
  #isLanded = false;

  constructor(delivery: Delivery, lease: number) {
    this.delivery = delivery;
    this.#lease = lease;
  }

  /** Made when it is first touched: most handlers never ask. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== null && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  get isInterrupted(): boolean {
    return this.#reason !== null;
  }

  get isDecided(): boolean {
    return this.#isDecided;
  }

  get isLanded(): boolean {
    return this.#isLanded;
  }

  onInterrupted(listener: (interruption: Interruption) => void): void {
    this.#onInterrupted = listener;
  }

  /** Aborts `ctx.signal` and decides the run, unless it is decided already. */
  interrupt(interruption: Interruption): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#reason = reasonOf(interruption, this.delivery.id, this.#lease);
    this.#onInterrupted?.(interruption);
    this.#controller?.abort(this.#reason);
  }

  /** `false` when an interruption came first. */
  decide(): boolean {
    if (this.#isDecided) return false;
    this.#isDecided = true;
    return true;
  }

  /** `false` when it had landed before. */
  land(): boolean {
    if (this.#isLanded) return false;
    this.#isLanded = true;
    return true;
  }
}

function reasonOf(interruption: Interruption, id: string, lease: number): Error {
  switch (interruption.kind) {
    case 'timed-out':
      return new TaskTimeoutError(interruption.after);
    case 'aborted':
      return new TaskAbortedError(id);
    case 'shut-down':
      return new WorkerStoppingError();
    case 'lost':
      return new LeaseLostError(id, lease);
  }
}
