import { Cron } from 'croner';

/**
 * The last instant that a date can hold, epoch ms: where a tab that has run out of slots (`… 2024`, 30
 * February) stands.
 */
export const never = 8_640_000_000_000_000;

/**
 * First slot of a crontab strictly after `after` (epoch ms, the answer too), or {@link never}. Throws what
 * croner throws for a tab or zone that it does not know; `createSchedule` has refused those before.
 *
 * Five fields (minute, hour, day, month, weekday), six (second first), seven (second … year), or `@yearly`,
 * `@monthly`, `@weekly`, `@daily`, `@hourly`; names of months and weekdays in English; a day and a weekday
 * together mean either.
 *
 * Where clocks change, in the zone of the schedule:
 * - A tab that spells its seconds, minutes and hours out (`30 2 * * *`, `0 9,14 * * *`, `0 1-3 * * *`) keeps
 *   its number of runs: a slot inside the hour that is skipped runs at the first instant after it (several of
 *   them once), a slot inside the hour that is repeated runs the first time only.
 * - A tab with a wildcard or a step in one of them (`0 * * * *`, `@hourly`, every 15 minutes) follows the time
 *   that passes: nothing runs for the skipped hour, and the repeated hour runs twice.
 */
export function nextFire(tab: string, tz: string, after: number): number {
  return compile(tab, tz).nextRun(new Date(after))?.getTime() ?? never;
}

/**
 * The slot to fire at `now` when the one that is due is `due` (epoch ms all three): several missed slots
 * collapse into the latest. `null` when that one is more than `maxDrift` ms late (`null`: however late), or
 * when none is due yet.
 */
export function lastMissed(
  tab: string,
  tz: string,
  due: number,
  now: number,
  maxDrift: number | null,
): number | null {
  if (due > now) return null;
  const [latest] = compile(tab, tz).previousRuns(1, new Date(now + 1));
  // A due slot that the tab does not know (its zone's rules were updated since) still counts as one.
  const slot = Math.max(due, latest?.getTime() ?? due);
  return maxDrift === null || now - slot <= maxDrift ? slot : null;
}

/** A calculator only: `paused` and without a function it never starts a timer. */
function compile(tab: string, tz: string): Cron {
  return new Cron(tab, { timezone: tz, paused: true, fixedTimeRule: 'no-wildcard' });
}
