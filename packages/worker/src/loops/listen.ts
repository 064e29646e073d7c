import type { Popped, RedisPort } from '@q/client/port';
import { type StepInput, type StepReply, step } from '@q/core/wire';
import type { Latch } from '../latch.ts';
import type { Slots } from '../slots.ts';
import type { Appetite } from './appetite.ts';
import type { Courtesy } from './courtesy.ts';
import type { LoopOptions } from './run-loop.ts';
import type { StepLoop } from './step.ts';

export interface ListenParts {
  /** A connection of its own: nothing else is answered on it while it blocks. */
  readonly blocking: RedisPort;
  /** Wire id. */
  readonly worker: string;
  readonly slots: Slots;
  readonly appetite: Appetite;
  readonly courtesy: Courtesy;
  readonly changes: Latch;
  /** What leaves behind the blocking call. */
  readonly claims: Pick<StepLoop, 'park' | 'unpark'>;
  readonly onAbort: (id: string) => void;
  readonly onError: (error: unknown, name: string) => void;
}

/** How long a busy worker may go without looking into its inbox, ms: aborts are to arrive within 50. */
const deafAtMost = 25;

const abortMessage = /^abort (.+)$/;

/**
 * Waits for the bell while there is nothing to do, and for messages to this worker always. A busy worker leaves the
 * bell to others: whoever hears it takes it away.
 */
export function listenLoop(parts: ListenParts): LoopOptions {
  return {
    name: 'listen',
    pass: (signal) => listenOnce(parts, signal),
    restAfterError: 1_000,
    onError: parts.onError,
  };
}

async function listenOnce(parts: ListenParts, signal: AbortSignal): Promise<number> {
  const { blocking, worker, slots, appetite, changes, claims } = parts;
  await changes.until(() => !appetite.isHungry, { signal, atMost: deafAtMost });
  if (signal.aborted) return 0;
  const { inbox, bell } = blocking.keys;
  const hearsBell = !appetite.isHungry && slots.free > 0;
  appetite.listens = hearsBell ? 'bell' : 'inbox';
  const parked = hearsBell ? claims.park() : null;
  if (parked !== null) return listenParked(parts, parked, signal);
  const keys = hearsBell ? [inbox(worker), bell] : [inbox(worker)];
  const heard = await blocking.blockingPop(keys, blockSeconds(), { signal }).finally(() => {
    appetite.listens = 'none';
  });
  // The bell is only a hint: a token may have been lost with another worker, so silence makes hungry too.
  if (!hearAbort(parts, heard) && hearsBell) wake(parts);
  return 0;
}

/** While nothing runs, the claim waits in Redis for the bell: the tasks come with the answer that wakes. */
async function listenParked(parts: ListenParts, parked: StepInput, signal: AbortSignal): Promise<number> {
  const { blocking, worker, appetite, claims } = parts;
  const keys = [blocking.keys.inbox(worker), blocking.keys.bell];
  const call = { script: step, input: parked };
  let claimed: StepReply | null = null;
  try {
    const { popped, reply } = await blocking.popThenRun(keys, blockSeconds(), call, { signal });
    claimed = reply;
    hearAbort(parts, popped);
  } finally {
    appetite.listens = 'none';
    claims.unpark(parked, claimed);
  }
  return 0;
}

/** Whether it was the abort of a task. */
function hearAbort({ onAbort }: ListenParts, heard: Popped | null): boolean {
  const [, aborted] = abortMessage.exec(heard?.value ?? '') ?? [];
  if (aborted !== undefined) onAbort(aborted);
  return aborted !== undefined;
}

function wake({ appetite, courtesy, blocking }: ListenParts): void {
  const ms = courtesy.at(blocking.clock.now());
  if (ms > 0) appetite.wakeIn(ms);
  else appetite.wake();
}

/** At most one command per second while idle: this one and a claim. Spread, so that a fleet does not ask in step. */
function blockSeconds(): number {
  return 2.35 + Math.random() * 0.1;
}
