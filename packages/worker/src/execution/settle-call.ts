import type { SettleItem, StepInput } from '@q/core/wire';

/** Outcomes in one call, whatever else it carries: those of a usual claim, so that it is not settled in two calls. */
export const mostSettles = 300;

/** A call that only says what has become of tasks: it asks for nothing, looks after nothing and finishes no claim. */
export function settleCall(worker: string, lease: number, settles: readonly SettleItem[]): StepInput {
  return {
    worker,
    lease,
    acked: 0,
    want: 0,
    holdsSuspect: false,
    tend: false,
    listens: 'none',
    finished: [],
    finishedInParts: [],
    settles,
  };
}
