import type { RedisPort } from '@q/client/port';
import { type HeldReply, held, type KeptLock } from '@q/core/wire';
import type { Logger } from '../log.ts';
import type { LoopOptions } from './run-loop.ts';

interface HeldId {
  readonly id: string;
  readonly claim: number;
}

export interface ReconcileParts {
  readonly port: RedisPort;
  /** Wire id. */
  readonly worker: string;
  /** Ms; one comparison per lease. */
  readonly lease: number;
  readonly inFlight: {
    /** Also while its outcome is on the way. */
    has(id: string, claim: number): boolean;
    ids(): readonly HeldId[];
  };
  /** Whether the run of a kept lock has not returned yet. */
  readonly isOpen: (id: string, claim: number) => boolean;
  /** Redis says that this worker holds it, and it does not know of it: hand it back. */
  readonly onUnknown: (id: string, claim: number) => void;
  /** It runs here, and Redis says that this worker does not hold it: abort it. */
  readonly onMissing: (id: string) => void;
  /** Redis says that this worker keeps it, and its run has returned: free it. */
  readonly onKept: (lock: KeptLock) => void;
  readonly onLapsed: (reason: string) => void;
  readonly log: Logger;
}

type Held = Extract<HeldReply, { kind: 'held' }>;

/**
 * Compares what this worker runs with what Redis says it holds. Numbered claims keep the two equal; this is the
 * net below them. A difference counts when it is seen twice in a row, a lease apart: one reply may always be on
 * its way.
 */
export function reconcilePass(parts: ReconcileParts): LoopOptions {
  const { port, worker, lease, inFlight, log } = parts;
  const unknownAgain = seenTwice<HeldId>();
  const missingAgain = seenTwice<HeldId>();
  const keptAgain = seenTwice<KeptLock>();

  const compare = (running: readonly HeldId[], { claims, keptLocks }: Held): void => {
    const listed = listOf(claims);
    const unknown = listed.filter(({ id, claim }) => !inFlight.has(id, claim));
    const held = new Set(listed.map(keyOf));
    const missing = running.filter((one) => !held.has(keyOf(one)) && inFlight.has(one.id, one.claim));
    const kept = keptLocks.filter(({ id, claim }) => !parts.isOpen(id, claim));
    for (const { id, claim } of unknownAgain(unknown)) parts.onUnknown(id, claim);
    for (const { id } of missingAgain(missing)) parts.onMissing(id);
    for (const one of keptAgain(kept)) parts.onKept(one);
  };

  return {
    name: 'reconcile',
    pass: async (signal) => {
      // Before the question: what is claimed after it cannot be in the answer.
      const running = inFlight.ids();
      const reply = await port.run(held, { worker }, { signal });
      if (reply.kind === 'lapsed') parts.onLapsed('Redis does not know this worker any more');
      else compare(running, reply);
      return lease * (0.9 + Math.random() / 5);
    },
    restAfterError: lease,
    onError: (error, loop) =>
      log.error({ error, loop }, 'comparing what runs here with what Redis says is held failed'),
  };
}

/** Answers those that were among what it was given the last time, too. */
function seenTwice<One extends HeldId>(): (seen: readonly One[]) => readonly One[] {
  let before: ReadonlySet<string> = new Set();
  return (seen) => {
    const again = seen.filter((one) => before.has(keyOf(one)));
    before = new Set(seen.map(keyOf));
    return again;
  };
}

function listOf(claims: ReadonlyMap<number, readonly string[]>): HeldId[] {
  return [...claims].flatMap(([claim, ids]) => ids.map((id) => ({ id, claim })));
}

function keyOf({ id, claim }: HeldId): string {
  return `${claim}|${id}`;
}
