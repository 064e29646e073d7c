import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Codec } from '@q/core';
import type { SettleOutcome } from '@q/core/wire';
import type { ContextParts } from '../handlers/task-context.ts';
import type { Logger } from '../log.ts';
import type { Pace } from '../pace.ts';
import { decideOutcome } from './decide-outcome.ts';
import { encodeOutcome } from './encode-outcome.ts';
import type { Flight } from './flight.ts';
import { type InvokeParts, invoke } from './invoke.ts';
import { logLateEnd, logOutcome } from './log-outcome.ts';
import type { Run } from './run.ts';
import type { Timeouts } from './timeouts.ts';

export interface ExecuteParts extends InvokeParts {
  readonly codec: Codec;
  readonly context: ContextParts;
  readonly log: Logger;
  /** Epoch ms of Redis. */
  readonly now: () => number;
  readonly timeouts: Timeouts;
  readonly pace: Pick<Pace, 'ran'>;
  /** How long an interrupted handler may keep its slot, ms. */
  readonly abandonAfter: number;
  /** `null`: nothing is to be said about it. */
  readonly onSettled: (flight: Flight, outcome: SettleOutcome | null) => void;
  /** Its slot is free again: the handler has ended, or was given up. */
  readonly onLanded: (flight: Flight, isGivenUp: boolean) => void;
  /** The handler has ended, maybe long after it was given up. */
  readonly onReturned: (flight: Flight) => void;
}

/** A handler that has been called. */
interface Started {
  readonly flight: Flight;
  /** Epoch ms of Redis. */
  readonly startedAt: number;
  /** `null`: no limit. */
  readonly maxTries: number | null;
}

/** The life of one delivery, in the order it happens. Never throws. */
export function execute(flight: Flight, parts: ExecuteParts): void {
  const startedAt = parts.now();
  const { registered, run } = invoke(flight, parts);
  const started = { flight, startedAt, maxTries: registered?.maxTries ?? null };
  if (run instanceof Promise) follow(started, run, registered?.timeout ?? null, parts);
  // Most handlers of a busy queue end within this call: nothing has to watch over them.
  else end(started, run, parts);
}

/** Waits for the handler's end, or for what interrupts it; an interrupted handler holds up nothing but its slot. */
function follow(started: Started, run: Promise<Run>, timeout: number | null, parts: ExecuteParts): void {
  const { flight } = started;
  let givingUp: NodeJS.Timeout | undefined;
  if (timeout !== null) parts.timeouts.start(flight, timeout);
  flight.onInterrupted((interruption) => {
    if (timeout !== null) parts.timeouts.end(flight, timeout);
    givingUp = setTimeout(() => land(flight, true, parts), parts.abandonAfter).unref();
    void settleInterrupted(started, interruption, parts);
  });
  void run.then((ended) => {
    if (timeout !== null) parts.timeouts.end(flight, timeout);
    clearTimeout(givingUp);
    end(started, ended, parts);
  });
}

function end(started: Started, run: Run, parts: ExecuteParts): void {
  const { flight } = started;
  flight.hasReturned = true;
  if (flight.decide()) settle(started, run, parts);
  else logLateEnd(flight.delivery, run, parts.log);
  land(flight, false, parts);
  parts.onReturned(flight);
}

async function settleInterrupted(started: Started, run: Run, parts: ExecuteParts): Promise<void> {
  // A handler that listens to its signal ends within this turn: then its lock is free with the very settle.
  await nextTurn();
  settle(started, run, parts);
}

function settle({ flight, startedAt, maxTries }: Started, run: Run, parts: ExecuteParts): void {
  const { delivery } = flight;
  const now = parts.now();
  parts.pace.ran(now - startedAt);
  const outcome = decideOutcome(run, { tries: delivery.tries, maxTries }, now);
  logOutcome(delivery, outcome, parts.log);
  const facts = {
    delivery,
    codec: parts.codec,
    startedAt,
    now,
    isOpen: flight.isInterrupted && !flight.hasReturned,
  };
  parts.onSettled(flight, encodeOutcome(outcome, facts));
}

function land(flight: Flight, isGivenUp: boolean, parts: ExecuteParts): void {
  if (flight.land()) parts.onLanded(flight, isGivenUp);
}
