import { ConfigError, type Duration } from '@q/core';
import { parseDuration, shown } from '@q/core/wire';

export interface WaitOptions {
  /** How long to wait; the task goes on whatever happens here. */
  readonly timeout?: Duration | undefined;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const known: ReadonlySet<string> = new Set(['timeout', 'signal'] satisfies Array<keyof WaitOptions>);

/** @throws ConfigError; otherwise a misspelt timeout would be a wait without end. */
export function requireWaitOptions(options: WaitOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(`wait options must be an object such as { timeout: '10s' }; got ${shown(options)}`);
  for (const key of Object.keys(options)) {
    if (!known.has(key))
      throw new ConfigError(`wait option "${key}" does not exist; known are ${[...known].join(', ')}`);
  }
  const { timeout, signal } = options;
  if (timeout !== undefined) parseDuration(timeout, 'option "timeout"');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ConfigError(`option "signal" must be an AbortSignal; got ${shown(signal)}`);
}
