import type { RedisPort } from '@q/client/port';
import type { Latch } from '../latch.ts';
import type { Slots } from '../slots.ts';
import type { Appetite } from './appetite.ts';
import type { Courtesy } from './courtesy.ts';
import type { LoopOptions } from './run-loop.ts';

export interface ListenParts {
  /** A connection of its own: nothing else is answered on it while it blocks. */
  readonly blocking: RedisPort;
  /** Wire id. */
  readonly worker: string;
  readonly slots: Slots;
  readonly appetite: Appetite;
  readonly courtesy: Courtesy;
  readonly changes: Latch;
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
  const { blocking, worker, slots, appetite, changes, onAbort } = parts;
  await changes.until(() => !appetite.isHungry, { signal, atMost: deafAtMost });
  if (signal.aborted) return 0;
  const { inbox, bell } = blocking.keys;
  const hearsBell = !appetite.isHungry && slots.free > 0;
  appetite.listens = hearsBell ? 'bell' : 'inbox';
  const keys = hearsBell ? [inbox(worker), bell] : [inbox(worker)];
  const heard = await blocking.blockingPop(keys, blockSeconds(), { signal }).finally(() => {
    appetite.listens = 'none';
  });
  const [, aborted] = abortMessage.exec(heard?.value ?? '') ?? [];
  if (aborted !== undefined) onAbort(aborted);
  // The bell is only a hint: a token may have been lost with another worker, so silence makes hungry too.
  else if (hearsBell) wake(parts);
  return 0;
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
