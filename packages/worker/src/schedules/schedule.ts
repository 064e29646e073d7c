import { createHash } from 'node:crypto';
import { ConfigError } from '@q/core';
import { requireScheduleName, shown } from '@q/core/wire';
import { never, nextFire } from './next-fire.ts';

/** When a task is enqueued by the clock. All workers that carry the same schedule agree on its hash. */
export interface Schedule {
  readonly name: string;
  /** The crontab, one blank between its fields. */
  readonly tab: string;
  /** IANA name of the zone that the tab is read in. */
  readonly tz: string;
  /**
   * A slot missed by more than this many ms is passed over; `null` = however late, the latest one is made up
   * for.
   */
  readonly maxDrift: number | null;
  /** Whether a slot is passed over while the run before it has not ended. */
  readonly unique: boolean;
  /** How long results are kept, ms; `null` for ever. */
  readonly ttl: number | null;
  /** Of everything above but the name: workers that carry another one fire nothing. */
  readonly hash: string;
}

const leastDrift = 1_000;
const zoneName = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** @throws ConfigError for a tab, zone, name or drift that cannot work. */
export function createSchedule(input: Omit<Schedule, 'hash' | 'tab'> & { readonly tab: unknown }): Schedule {
  const name = requireScheduleName(input.name);
  const tz = requireZone(name, input.tz);
  const tab = requireTab(name, input.tab, tz);
  const maxDrift = requireDrift(name, input.maxDrift);
  const { unique, ttl } = input;
  return { name, tab, tz, maxDrift, unique, ttl, hash: hashOf({ tab, tz, maxDrift, unique, ttl }) };
}

/** What Redis keeps of a schedule for people and tools to read; workers compare the hash alone. */
export function encodeDefinition({
  tab,
  tz,
  maxDrift,
  unique,
  ttl,
}: Omit<Schedule, 'name' | 'hash'>): string {
  return JSON.stringify({ tab, tz, maxDrift, unique, ttl });
}

function hashOf(definition: Omit<Schedule, 'name' | 'hash'>): string {
  return createHash('sha256').update(encodeDefinition(definition)).digest('base64url').slice(0, 22);
}

/** Offsets such as `+02:00` are refused: not every version of Node knows them, so workers could disagree. */
function requireZone(name: string, tz: string): string {
  try {
    if (!zoneName.test(tz)) throw new RangeError('it has no such form');
    new Intl.DateTimeFormat('en', { timeZone: tz });
    return tz;
  } catch (cause) {
    const message = `schedule "${name}": "tz" must be an IANA zone such as "UTC" or "Europe/Madrid"; got ${JSON.stringify(tz)}`;
    throw new ConfigError(message, { cause });
  }
}

function requireTab(name: string, given: unknown, tz: string): string {
  try {
    if (typeof given !== 'string') throw new TypeError('it is no text');
    const tab = given.trim().replaceAll(/\s+/g, ' ');
    // Otherwise croner takes a date for a tab that fires once.
    if (!tab.startsWith('@') && !tab.includes(' ')) throw new TypeError('it has one field only');
    if (nextFire(tab, tz, 0) === never) throw new RangeError('no such date ever comes');
    return tab;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `schedule "${name}": ${shown(given)} is not a crontab of 5 fields (6: seconds first, 7: year last) such as '0 9 * * *', or @daily and the like: ${reason}`,
      { cause },
    );
  }
}

function requireDrift(name: string, maxDrift: number | null): number | null {
  if (maxDrift === null || (Number.isSafeInteger(maxDrift) && maxDrift >= leastDrift)) return maxDrift;
  throw new ConfigError(
    `schedule "${name}": "maxScheduleDrift" must be null or at least ${leastDrift} ms, as no slot is fired at its very millisecond; got ${maxDrift}`,
  );
}
