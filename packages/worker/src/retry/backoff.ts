/** How long to wait after try number `tries` when a handler does not say it: the square of it, in seconds. */
export function retryDelay(tries: number): number {
  return tries ** 2 * 1_000;
}

const shortestUnknown = 1_000;
const longestUnknown = 60_000;

/** How long a task whose name has no handler here may be refused before it ends as unroutable, ms. */
export const unknownGrace = 3_600_000;

/** For a task without a handler here: 1 s, then as long as it has waited already, which doubles it, up to 60 s. */
export function unknownDelay(firstUnknownAt: number | null, now: number): number {
  const waited = firstUnknownAt === null ? 0 : now - firstUnknownAt;
  return Math.min(longestUnknown, Math.max(shortestUnknown, waited));
}
