import type { ClaimReply, SettleItem, StepInput } from '@q/core/wire';
import type { Listens } from './appetite.ts';

/** When to ask for work again. */
export interface NextLook {
  /** At once, as soon as there is a free slot. */
  readonly isNow: boolean;
  /** Ms until there is a reason that nobody rings the bell for; `null` for none that is known. */
  readonly wakeIn: number | null;
}

export interface LookFacts {
  readonly claim: Pick<
    Extract<ClaimReply, { kind: 'claimed' }>,
    'deliveries' | 'more' | 'tendAgain' | 'nextAt'
  >;
  readonly call: Pick<StepInput, 'want' | 'tend' | 'listens' | 'settles'>;
  /** What the blocking call waits for by now. */
  readonly listens: Listens;
  /** Ms until looking after the queue is allowed again: asking before would only bring the same answer. */
  readonly untilTend: number;
  /** Ms to hold back at a moment, so that others go first. */
  readonly courtesyAt: (moment: number) => number;
  /** Epoch ms of Redis. */
  readonly now: number;
}

/** The estimate of Redis time may be off by as much; too early means waiting for the next turn of tending. */
const margin = 2;
const longestTimer = 2_147_483_647;

/** Pure on purpose: every reason to ask again is a row in the test beside it. */
export function nextLook({ claim, call, listens, untilTend, courtesyAt, now }: LookFacts): NextLook {
  const { deliveries, more, tendAgain, nextAt } = claim;
  // What this very call put back was not there yet when it looked what comes next.
  const retryAt = Math.min(...call.settles.map((item) => retriedAt(item, now)));
  // What was due was made ready by this call, after it had looked.
  const isPromoted = nextAt !== null && nextAt <= now && call.tend === true && courtesyAt(now) === 0;
  // The listener has turned away from the bell since: only a call that says so turns it back.
  const isDeaf = listens === 'inbox' && call.listens !== 'inbox';
  const isNow = more || tendAgain || deliveries.length >= call.want || retryAt <= now || isPromoted || isDeaf;
  const soonest = Math.min(nextAt ?? Number.POSITIVE_INFINITY, retryAt);
  if (soonest === Number.POSITIVE_INFINITY) return { isNow, wakeIn: null };
  const wait = Math.max(0, soonest - now + margin + courtesyAt(Math.max(soonest, now)), untilTend);
  return { isNow, wakeIn: Math.min(longestTimer, wait) };
}

/** Epoch ms at which a task is to be tried again; infinity for other outcomes. */
function retriedAt({ outcome }: SettleItem, now: number): number {
  if (outcome.kind !== 'retry') return Number.POSITIVE_INFINITY;
  const { start } = outcome;
  return start.kind === 'at' ? start.at : start.kind === 'delay' ? now + start.ms : now;
}
