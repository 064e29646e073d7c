import { shown } from './contract/shown.ts';
import { ConfigError } from './errors.ts';

/** A length of time: a number of milliseconds, or a text with its unit, such as `'500ms'`, `'30s'`, `'1.5h'`, `'1d'`, `'2w'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd' | 'w'}`;

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

const written = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d|w)$/;

/**
 * Whole milliseconds of a {@link Duration}, rounded.
 *
 * @param what - names the option in the error, such as `option "timeout" of task "resize"`.
 * @throws ConfigError for negative and infinite numbers, and for texts without a unit.
 */
export function parseDuration(value: unknown, what: string): number {
  const ms = Math.round(millisecondsOf(value));
  if (ms >= 0 && Number.isSafeInteger(ms)) return ms;
  throw new ConfigError(
    `${what} must be milliseconds or a text such as '500ms', '30s', '5m', '2h', '1d'; got ${shown(value)}`,
  );
}

function millisecondsOf(value: unknown): number {
  // The rounding of a tiny negative number would hide that it is one.
  if (typeof value === 'number') return value < 0 ? Number.NaN : value;
  if (typeof value !== 'string') return Number.NaN;
  const [, amount, unit = ''] = written.exec(value) ?? [];
  return Number(amount) * (unitMs.get(unit) ?? Number.NaN);
}
