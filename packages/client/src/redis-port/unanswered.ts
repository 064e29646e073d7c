import { type Limits, OutOfTimeError } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';

interface Call extends Limits {
  readonly sentAt: number;
  readonly reject: (error: unknown) => void;
}

/**
 * The calls of one connection that wait for their answers. There is one for every few tasks, so they share what watches
 * over them: one timer, which is moved only when a call has less time than all others, and one listener for each signal.
 * A signal keeps its listener for as long as it lives: these are signals of loops, not of single calls.
 */
export class Unanswered {
  readonly #calls = new Set<Call>();
  readonly #heard = new WeakSet<AbortSignal>();
  #timer: NodeJS.Timeout | undefined;
  #looksAt = Number.POSITIVE_INFINITY;

  /** Settles with the answer, or rejects when a limit is reached first or when all calls are rejected. */
  track<Answer>(send: () => Promise<Answer>, { until, signal }: Limits): Promise<Answer> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const sentAt = monotonicNow();
    if (until <= sentAt) return Promise.reject(new OutOfTimeError());
    return new Promise((resolve, reject) => {
      const call: Call = { until, signal, reject, sentAt };
      send().then(
        (answer) => {
          this.#calls.delete(call);
          resolve(answer);
        },
        (error: unknown) => this.#reject(call, error),
      );
      this.#calls.add(call);
      if (until < this.#looksAt) this.#lookAt(until);
      if (signal !== undefined) this.#hear(signal);
    });
  }

  /** When the oldest of them was sent. */
  get oldest(): number | undefined {
    const [first] = this.#calls;
    return first?.sentAt;
  }

  rejectAll(error: Error): void {
    for (const call of this.#calls) this.#reject(call, error);
  }

  #reject(call: Call, error: unknown): void {
    this.#calls.delete(call);
    call.reject(error);
  }

  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener('abort', () => {
      for (const call of this.#calls) if (call.signal === signal) this.#reject(call, signal.reason);
    });
  }

  /** Never keeps the process alive: the connection does. */
  #lookAt(time: number): void {
    clearTimeout(this.#timer);
    this.#looksAt = time;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, Math.ceil(time - monotonicNow()))).unref();
  }

  #look(): void {
    const now = monotonicNow();
    let next = Number.POSITIVE_INFINITY;
    for (const call of this.#calls) {
      if (call.until <= now) this.#reject(call, new OutOfTimeError());
      else next = Math.min(next, call.until);
    }
    this.#looksAt = next;
    if (next < Number.POSITIVE_INFINITY) this.#lookAt(next);
  }
}
