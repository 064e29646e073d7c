import { ConfigError } from '../errors.ts';
import { shown } from './shown.ts';

/** The last one that a `Date` can hold. */
const lastInstant = 8.64e15;

/** A point in time: a `Date`, or anything of Temporal that knows its epoch milliseconds. */
export type Instant = Date | { readonly epochMilliseconds: number };

/** Whole epoch ms of an instant; what lies before 1970 is over like any other past, and comes to 0. @throws ConfigError for an invalid date. */
export function resolveInstant(value: unknown, what: string): number {
  const at = epochOf(value);
  if (at <= lastInstant) return Math.max(0, Math.ceil(at));
  throw new ConfigError(
    `${what} must be a valid Date or have epochMilliseconds, as Temporal.Instant does; got ${described(value)}`,
  );
}

function epochOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number.NaN;
  if (value instanceof Date) return value.getTime();
  const at: unknown = Reflect.get(value, 'epochMilliseconds');
  return typeof at === 'number' ? at : Number.NaN;
}

function described(value: unknown): string {
  return value instanceof Date ? 'an invalid Date' : shown(value);
}
