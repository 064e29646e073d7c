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
  let unknownBefore: ReadonlySet<string> = new Set();
  let missingBefore: ReadonlySet<string> = new Set();
  let keptBefore: ReadonlySet<string> = new Set();

  const compare = (running: readonly HeldId[], { claims, keptLocks }: Held): void => {
    const unknown = listed(claims).filter(({ id, claim }) => !inFlight.has(id, claim));
    const held = new Set(listed(claims).map(keyOf));
    const missing = running.filter((one) => !held.has(keyOf(one)) && inFlight.has(one.id, one.claim));
    const kept = keptLocks.filter(({ id, claim }) => !parts.isOpen(id, claim));
    for (const one of unknown) if (unknownBefore.has(keyOf(one))) parts.onUnknown(one.id, one.claim);
    for (const one of missing) if (missingBefore.has(keyOf(one))) parts.onMissing(one.id);
    for (const one of kept) if (keptBefore.has(keyOf(one))) parts.onKept(one);
    unknownBefore = new Set(unknown.map(keyOf));
    missingBefore = new Set(missing.map(keyOf));
    keptBefore = new Set(kept.map(keyOf));
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

function listed(claims: ReadonlyMap<number, readonly string[]>): HeldId[] {
  return [...claims].flatMap(([claim, ids]) => ids.map((id) => ({ id, claim })));
}

function keyOf({ id, claim }: HeldId): string {
  return `${claim}|${id}`;
}
