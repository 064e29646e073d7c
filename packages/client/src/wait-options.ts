import { ConfigError, type Duration } from '@q/core';
import { parseDuration, requireKnownOptions, shown } from '@q/core/wire';

export interface WaitOptions {
  /** How long to wait; the task goes on whatever happens here. */
  readonly timeout?: Duration | undefined;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedWaitOptions {
  /** Ms; absent for whatever is usual where it waits. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const known = ['timeout', 'signal'] satisfies Array<keyof WaitOptions>;

/** @throws ConfigError; otherwise a misspelt timeout would be a wait without end. */
export function resolveWaitOptions(given: WaitOptions): ResolvedWaitOptions {
  if (typeof given !== 'object' || given === null)
    throw new ConfigError(`wait options must be an object such as { timeout: '10s' }; got ${shown(given)}`);
  requireKnownOptions(given, known, (option) => `wait option "${option}"`);
  const { timeout, signal } = given;
  const ms = timeout === undefined ? undefined : parseDuration(timeout, 'option "timeout"');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ConfigError(`option "signal" must be an AbortSignal; got ${shown(signal)}`);
  return { timeout: ms, signal };
}
