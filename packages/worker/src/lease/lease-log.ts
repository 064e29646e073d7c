import type { Logger } from '../log.ts';

export interface LeaseLogParts {
  readonly log: Logger;
  readonly lease: number;
  readonly maxBlock: number;
  runningNames(): readonly string[];
}

/** What is said of a lease, each thing once until it changes. */
export class LeaseLog {
  readonly #parts: LeaseLogParts;
  #saidNoThread = false;
  #isDoubtful = false;

  constructor(parts: LeaseLogParts) {
    this.#parts = parts;
  }

  noThread(why: string, error?: unknown): void {
    if (this.#saidNoThread) return;
    this.#saidNoThread = true;
    this.#parts.log.warn(
      { why, error },
      'no thread renews the lease: a handler that blocks the event loop for longer than a lease loses its task',
    );
  }

  doubtful(unrenewedFor: number, error: unknown): void {
    if (this.#isDoubtful) return;
    this.#isDoubtful = true;
    this.#parts.log.warn(
      { lease: this.#parts.lease, unrenewedFor: Math.round(unrenewedFor), error },
      'Redis cannot be reached to renew the lease; what runs goes on, and is refused at its end if another worker took it over',
    );
  }

  renewed(): void {
    if (!this.#isDoubtful) return;
    this.#isDoubtful = false;
    this.#parts.log.info(
      { lease: this.#parts.lease },
      'the lease is renewed again, and nothing was taken over',
    );
  }

  blocked(ms: number): void {
    const { log, maxBlock, runningNames } = this.#parts;
    log.warn(
      { ms, maxBlock, tasks: runningNames() },
      'the event loop stood still; move such work to a thread or a pool',
    );
  }
}
