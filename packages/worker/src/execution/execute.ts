import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Codec } from '@q/core';
import type { SettleOutcome } from '@q/core/wire';
import type { ContextParts } from '../handlers/task-context.ts';
import type { Logger } from '../log.ts';
import { decideOutcome } from './decide-outcome.ts';
import { encodeOutcome } from './encode-outcome.ts';
import type { Flight } from './flight.ts';
import { type InvokeParts, invoke } from './invoke.ts';
import { logLateEnd, logOutcome } from './log-outcome.ts';
import type { Run } from './run.ts';

export interface ExecuteParts extends InvokeParts {
  readonly codec: Codec;
  readonly context: ContextParts;
  readonly log: Logger;
  /** Epoch ms of Redis. */
  readonly now: () => number;
  /** How long an interrupted handler may keep its slot, ms. */
  readonly abandonAfter: number;
  /** `null`: nothing is to be said about it. */
  readonly onSettled: (flight: Flight, outcome: SettleOutcome | null) => void;
  /** Its slot is free again: the handler has ended, or was given up. */
  readonly onLanded: (flight: Flight, isGivenUp: boolean) => void;
}

/** The life of one delivery, in the order it happens. Never rejects. */
export async function execute(flight: Flight, parts: ExecuteParts): Promise<void> {
  const startedAt = parts.now();
  const { registered, run } = invoke(flight, parts);
  const ended = await firstEnd(flight, run, registered?.timeout ?? null, parts);
  // A handler that listens to its signal ends within this turn: then its lock is free with the very settle.
  if (flight.isInterrupted && !flight.isLanded) await nextTurn();
  const now = parts.now();
  const outcome = decideOutcome(
    ended,
    { tries: flight.delivery.tries, maxTries: registered?.maxTries ?? null },
    now,
  );
  logOutcome(flight.delivery, outcome, parts.log);
  const isOpen = flight.isInterrupted && !flight.isLanded;
  const facts = {
    delivery: flight.delivery,
    codec: parts.codec,
    startedAt,
    now,
    isOpen,
  };
  parts.onSettled(flight, encodeOutcome(outcome, facts));
}

/** The handler's end, or what interrupts it; then the handler is waited for without holding up anything but its slot. */
function firstEnd(
  flight: Flight,
  run: Promise<Run>,
  timeout: number | null,
  parts: ExecuteParts,
): Promise<Run> {
  return new Promise((resolve) => {
    let givenUp: NodeJS.Timeout | undefined;
    const timer =
      timeout === null
        ? undefined
        : setTimeout(() => flight.interrupt({ kind: 'timed-out', after: timeout }), timeout);
    const land = (isGivenUp: boolean): void => {
      if (flight.land()) parts.onLanded(flight, isGivenUp);
    };
    flight.onInterrupted((interruption) => {
      clearTimeout(timer);
      givenUp = setTimeout(() => land(true), parts.abandonAfter).unref();
      resolve(interruption);
    });
    void run.then((ended) => {
      clearTimeout(timer);
      clearTimeout(givenUp);
      if (flight.decide()) resolve(ended);
      else logLateEnd(flight.delivery, ended, parts.log);
      land(false);
    });
  });
}
