import { type Duration, parseDuration } from '../duration.ts';
import { ConfigError } from '../errors.ts';
import { requireKnownOptions } from './known-options.ts';
import { shown } from './shown.ts';

/** How every enqueued unit of a task is treated. */
export interface TaskOptions {
  /** Runs charged before a retried task fails for good; `null` for no limit. @default 3 */
  readonly maxTries?: number | null;
  /** How long one run may take before it is aborted and fails with `timeout`; at most 24 days; `null` for no limit. @default null */
  readonly timeout?: Duration | null;
  /** How long a result is kept; `null` for ever, `0` never. @default '5m' */
  readonly ttl?: Duration | null;
  /** At most one run at a time in the whole queue; a second one fails. Requires a `timeout`. @default false */
  readonly unique?: boolean;
}

/** A `unique` task has a timeout. Apart from {@link TaskOptions}, which can be extended because it is no union. */
export type UniqueWithTimeout =
  | { readonly unique?: false }
  | { readonly unique: boolean; readonly timeout: Duration };

/** Task options after defaults, all durations in ms. */
export interface ResolvedTaskOptions {
  readonly maxTries: number | null;
  readonly timeout: number | null;
  readonly ttl: number | null;
  readonly unique: boolean;
}

export const taskOptionDefaults: ResolvedTaskOptions = {
  maxTries: 3,
  timeout: null,
  ttl: 300_000,
  unique: false,
};

/** A timer of Node.js counts in 31 bits and fires at once above them. */
const longestTimeout = 2_147_483_647;
const tenYears = 3_650 * 86_400_000;

/**
 * The only place where a task's defaults are applied and its options are refused.
 *
 * @param task - the task's name, for the error.
 * @throws ConfigError for an unknown option, a bad value, and `unique` without `timeout`.
 */
export function resolveTaskOptions(options: TaskOptions, task: string): ResolvedTaskOptions {
  requireKnownOptions(options, Object.keys(taskOptionDefaults), (option) => named(option, task));
  const { maxTries = taskOptionDefaults.maxTries, unique = taskOptionDefaults.unique } = options;
  const timeout = durationOf(options, 'timeout', 1, longestTimeout, task);
  const ttl = durationOf(options, 'ttl', 0, tenYears, task);
  if (maxTries !== null && !(Number.isSafeInteger(maxTries) && maxTries >= 1)) {
    throw new ConfigError(
      `${named('maxTries', task)} must be a whole number of at least 1, or null for no limit; got ${shown(maxTries)}`,
    );
  }
  if (typeof unique !== 'boolean')
    throw new ConfigError(`${named('unique', task)} must be true or false; got ${shown(unique)}`);
  if (unique && timeout === null) {
    throw new ConfigError(
      `${named('unique', task)} needs a timeout: without one, a run that hangs would keep all others out for ever`,
    );
  }
  return { maxTries, timeout, ttl, unique };
}

function durationOf(
  options: TaskOptions,
  key: 'timeout' | 'ttl',
  least: number,
  most: number,
  task: string,
): number | null {
  const given = options[key];
  if (given === undefined) return taskOptionDefaults[key];
  if (given === null) return null;
  const ms = parseDuration(given, named(key, task));
  if (ms >= least && ms <= most) return ms;
  throw new ConfigError(`${named(key, task)} must be ${least} to ${most} ms, or null; got ${shown(given)}`);
}

function named(option: string, task: string): string {
  return `option "${option}" of task "${task}"`;
}
