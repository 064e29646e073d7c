import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LeaseOrder, LeaseReport } from './lease-order.ts';
import { sharedNow } from './shared-clock.ts';

export interface SupervisedThreadParts {
  /** The thread's entry. */
  readonly module: URL;
  readonly order: LeaseOrder;
  readonly onReport: (report: LeaseReport) => void;
  /** The thread ended by itself, or could not begin. It will be started again. */
  readonly onCrash: (error: unknown) => void;
}

const firstPause = 100;
const longestPause = 30_000;
/** A thread that lived this long, ms, is not the one that crashes at once. */
const goodLife = 60_000;
/** To end by itself, ms. */
const endingMayTake = 500;

/**
 * A thread that is started again, after a pause that doubles, when it ends by itself, for ever. Never keeps the
 * process alive.
 */
export class SupervisedThread {
  readonly #parts: SupervisedThreadParts;
  #thread: Worker | undefined;
  #pause: NodeJS.Timeout | undefined;
  #crashes = 0;
  #isStopped = false;

  constructor(parts: SupervisedThreadParts) {
    this.#parts = parts;
  }

  /** Resolves when it runs, or when it could not be made to. Never rejects. */
  start(): Promise<void> {
    const { module, order, onReport } = this.#parts;
    const startedAt = sharedNow();
    let failure: unknown;
    return new Promise((resolve) => {
      try {
        // Flags of the main thread, such as module loaders of a test runner, are not for this one.
        const thread = new Worker(module, { name: 'q-lease', workerData: order, execArgv: [] });
        this.#thread = thread;
        thread.once('online', resolve);
        thread.on('message', (report: LeaseReport) => {
          if (!this.#isStopped) onReport(report);
        });
        thread.once('error', (error) => {
          failure = error;
        });
        thread.once('exit', (code) => {
          resolve();
          this.#crashed(
            failure ?? new Error(`the lease thread ended with code ${code}`),
            sharedNow() - startedAt,
          );
        });
        // Last: to listen for messages is to hold the process again.
        thread.unref();
      } catch (error) {
        resolve();
        this.#crashed(error, 0);
      }
    });
  }

  /** Asks the thread to end, by any message, and terminates it when it does not. Twice is fine. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#pause);
    const thread = this.#thread;
    if (thread === undefined) return;
    // Held now, so that whoever awaits this is not left hanging by a process that ends.
    thread.ref();
    thread.postMessage('stop');
    await once(thread, 'exit', { signal: AbortSignal.timeout(endingMayTake) }).catch(() =>
      thread.terminate(),
    );
  }

  #crashed(error: unknown, lived: number): void {
    this.#thread = undefined;
    if (this.#isStopped) return;
    this.#crashes = lived >= goodLife ? 1 : this.#crashes + 1;
    const pause = Math.min(longestPause, firstPause * 2 ** (this.#crashes - 1));
    this.#pause = setTimeout(() => void this.start(), pause).unref();
    this.#parts.onCrash(error);
  }
}
