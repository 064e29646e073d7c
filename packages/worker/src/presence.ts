import { setTimeout as sleep } from 'node:timers/promises';
import { newWireId } from '@q/core/wire';
import { IncompatibleQueueError } from './errors.ts';
import { Membership, type MembershipParts } from './membership.ts';

export interface PresenceParts extends MembershipParts {
  /** It cannot join anew, ever. */
  readonly onExcluded: (error: IncompatibleQueueError) => void;
}

/** ms */
const restAfterError = 1_000;
const withdrawingMayTake = 500;

/** A name for people and random bits: two processes with one label are two workers. */
export function newWorkerId(label: string): string {
  return `${label}~${newWireId()}`;
}

/** Keeps a worker in its queue: one membership after the other, each under a wire id of its own. */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #leaving = new AbortController();
  #membership: Membership;
  #firstJoinedAt: number | null = null;
  #kept: Promise<void> = Promise.resolve();

  constructor(firstId: string, parts: PresenceParts) {
    this.#parts = parts;
    this.#membership = new Membership(firstId, parts);
  }

  /** Wire id of the newest membership. */
  get id(): string {
    return this.#membership.worker;
  }

  /** @throws IncompatibleQueueError, what Redis refuses, and the signal's reason. */
  async begin(signal: AbortSignal): Promise<void> {
    this.#firstJoinedAt = await this.#membership.join(signal, null);
    this.#kept = this.#keep();
  }

  /** Claims nothing more, waits for handlers as long as the signal lets it, then interrupts the rest. */
  async windDown(signal: AbortSignal): Promise<void> {
    this.#leaving.abort();
    this.#membership.stopClaiming();
    await this.#membership.idle(signal);
    this.#membership.shutDown();
  }

  async leave(signal: AbortSignal): Promise<void> {
    await this.#membership.leave(signal);
    await this.#kept;
  }

  async #keep(): Promise<void> {
    for (;;) {
      await this.#membership.ended;
      if (this.#leaving.signal.aborted || !(await this.#joinAnew())) return;
    }
  }

  async #withdraw(membership: Membership): Promise<void> {
    membership.stopClaiming();
    await membership.leave(AbortSignal.timeout(withdrawingMayTake));
  }

  async #joinAnew(): Promise<boolean> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      const membership = new Membership(newWorkerId(this.#parts.options.label), this.#parts);
      try {
        await membership.join(signal, this.#firstJoinedAt);
        this.#membership = membership;
        // It was told to leave while the last step of joining, which nothing can cut short, was under way.
        if (signal.aborted) await this.#withdraw(membership);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof IncompatibleQueueError) {
          this.#parts.onExcluded(error);
          return false;
        }
        this.#parts.log.error({ error }, 'the worker could not join anew; it is tried again');
        await sleep(restAfterError, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
