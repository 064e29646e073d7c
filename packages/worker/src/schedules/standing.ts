import type { DefineReply, FireReply } from '@q/core/wire';

/**
 * What this worker knows of one schedule in Redis. Times ending in `At` are monotonic ms of this process, so
 * that a clock that is set moves nothing; `due` is Redis time.
 */
export interface Standing {
  /**
   * The slot that is due next, epoch ms; `null` while this worker's definition is not (or not known to be) the
   * one that holds.
   */
  readonly due: number | null;
  readonly defineAt: number;
  /** Nothing is fired before. */
  readonly fireAt: number;
}

export const unknownStanding: Standing = { due: null, defineAt: 0, fireAt: 0 };

const assertedEvery = 300_000;
const supersededFor = 60_000;
const afterError = 1_000;
/** How long undefinable schedules that are known are left alone, so that they are not asked for each second. */
const afterRefusal = 30_000;
const afterReconnect = 2_000;
/** Longer than a Cluster takes to replace a master: what it had answered last may be forgotten, and no connection broken. */
const afterFiring = 30_000;

/** A quarter more or less: hundreds of workers that started together do not ask together. */
function jittered(ms: number, random: number): number {
  return ms * (0.75 + random / 2);
}

export function standingAfterDefine({ kind, due }: DefineReply, at: number, random: number): Standing {
  // The worker whose definition holds may be gone tomorrow: then this one's is taken.
  if (kind === 'superseded') return { due: null, defineAt: at + jittered(supersededFor, random), fireAt: 0 };
  return { due, defineAt: at + jittered(assertedEvery, random), fireAt: 0 };
}

export function standingAfterFire(
  standing: Standing,
  reply: FireReply,
  at: number,
  random: number,
): Standing {
  const { kind, due, now } = reply;
  switch (kind) {
    case 'fired':
    case 'skipped':
      // Whether it still knows of it: the answer says what is due.
      return { ...standing, due, defineAt: Math.min(standing.defineAt, at + jittered(afterFiring, random)) };
    case 'already':
      return due === null ? { ...standing, due, defineAt: at } : { ...standing, due };
    case 'early':
      return { ...standing, fireAt: at + Math.min(afterError, Math.max(1, (due ?? now) - now)) };
    case 'stale':
      return { ...standing, due: null, defineAt: at };
  }
}

/** One schedule that Redis refuses does not hold up the others. */
export function standingAfterDefineError(standing: Standing, at: number): Standing {
  return { ...standing, defineAt: at + (standing.due === null ? afterError : afterRefusal) };
}

export function standingAfterFireError(standing: Standing, at: number): Standing {
  return { ...standing, fireAt: at + afterError };
}

/** What was fired last may not be known to Redis any more: the definition is asserted, whose answer says what is due. */
export function standingAfterReconnect(standing: Standing, at: number, random: number): Standing {
  return { ...standing, defineAt: Math.min(standing.defineAt, at + afterReconnect * random) };
}

/** Ms until there is something to do for a schedule; `now` is Redis time. */
export function restOf({ due, defineAt, fireAt }: Standing, at: number, now: number): number {
  const untilDefine = defineAt - at;
  const untilFire = due === null ? Number.POSITIVE_INFINITY : Math.max(due - now, fireAt - at);
  return Math.max(0, Math.min(untilDefine, untilFire));
}
