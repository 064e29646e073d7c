const shortest = 50;
const longest = 1_000;

/** Ms before try number `attempt + 1`: doubles from 50 ms to 1 s, half of it by chance, so that a herd spreads out. */
export function retryDelay(attempt: number, random: number = Math.random()): number {
  const full = Math.min(longest, shortest * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random);
}
