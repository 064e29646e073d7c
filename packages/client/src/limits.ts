import { monotonicNow } from './monotonic-now.ts';

/** How long something may take: until a time of the monotonic clock (`Infinity` for ever), and until a signal. */
export interface Limits {
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
}

/** Thrown when the time is over; callers say what that means for them. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** Starts something; answers how to stop caring for it. */
export type Begin<Value> = (resolve: (value: Value) => void, reject: (error: unknown) => void) => () => void;

/** A timer of Node.js counts in 31 bits. */
const longestTimer = 2_147_483_647;

/** Settles with what `begin` comes to, or rejects when a limit is reached first. Nothing is left behind either way. */
export function withinLimits<Value>(limits: Limits, begin: Begin<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const stops: Array<() => void> = [];
    const settled = (): boolean => {
      const wasSettled = isSettled;
      isSettled = true;
      for (const stop of stops.splice(0)) stop();
      return wasSettled;
    };
    const resolveOnce = (value: Value): void => {
      if (!settled()) resolve(value);
    };
    const rejectOnce = (error: unknown): void => {
      if (!settled()) reject(error);
    };
    stops.push(...watchLimits(limits, rejectOnce));
    if (!isSettled) stops.push(begin(resolveOnce, rejectOnce));
    if (isSettled) settled();
  });
}

/** Calls `onReached` when a limit is reached, perhaps at once; answers how to stop watching. */
function watchLimits({ until, signal }: Limits, onReached: (reason: unknown) => void): Array<() => void> {
  if (signal?.aborted === true) onReached(signal.reason);
  const left = until - monotonicNow();
  if (left <= 0) onReached(new OutOfTimeError());
  const stops: Array<() => void> = [];
  if (left < longestTimer) {
    const timer = setTimeout(() => onReached(new OutOfTimeError()), Math.max(0, Math.ceil(left)));
    stops.push(() => clearTimeout(timer));
  }
  if (signal !== undefined) {
    const onAbort = (): void => onReached(signal.reason);
    signal.addEventListener('abort', onAbort);
    stops.push(() => signal.removeEventListener('abort', onAbort));
  }
  return stops;
}
