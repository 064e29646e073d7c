import { monotonicNow } from '../monotonic-now.ts';
import { ConnectionLostError } from './errors.ts';
import type { RedisLike } from './redis-like.ts';
import type { Unanswered } from './unanswered.ts';

/** ms without an answer: longer than a blocking call takes. */
const silence = 2_500;
/** ms between two looks at what is unanswered. */
const interval = 500;

/**
 * A node of a Cluster that is frozen breaks no connection, so ioredis would send to it for as long as it is, although
 * another one has its slots by then. When an answer is missing for long, ioredis is told to ask who has which slots, and
 * lets go of a node that has none. It would take seconds more to give up what that one was asked: the calls are told.
 */
export class SlotRefresh {
  readonly #link: RedisLike;
  readonly #unanswered: Unanswered;
  #looking: NodeJS.Timeout | undefined;

  constructor(link: RedisLike, unanswered: Unanswered) {
    this.#link = link;
    this.#unanswered = unanswered;
  }

  /** With each call: it looks until everything is answered. */
  begin(): void {
    if (this.#looking !== undefined || !this.#link.isCluster) return;
    this.#looking = setInterval(() => this.#look(), interval).unref();
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    const { oldest } = this.#unanswered;
    if (oldest === undefined) this.stop();
    else if (monotonicNow() - oldest >= silence) this.#refresh();
  }

  #refresh(): void {
    const before = this.#nodes();
    // One that fails has let go of nobody, and is repeated at the next look.
    this.#link.refreshSlotsCache?.(() => {
      const now = new Set(this.#nodes());
      if (before.some((node) => !now.has(node)))
        this.#unanswered.rejectAll(new ConnectionLostError('a node of the Cluster has no slots any more'));
    });
  }

  #nodes(): readonly object[] {
    return this.#link.nodes?.('all') ?? [];
  }
}
