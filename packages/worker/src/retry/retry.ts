import { ConfigError, type Duration, type Instant, QueueError } from '@q/core';
import { parseDuration, resolveInstant } from '@q/core/wire';

/** When a retry runs; without either, try number squared, in seconds. They exclude each other. */
export interface RetryOptions {
  /** From now; `0` runs it at once. */
  readonly delay?: Duration;
  /** A point in time. */
  readonly schedule?: Instant;
  /** The error that made a retry necessary; kept in the history and, after the last try, in the failure. */
  readonly cause?: unknown;
}

export type RetryStart =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'at'; readonly at: number };

/**
 * Thrown by a handler: run the task again later. At the last try (`maxTries`) the task fails with it instead.
 *
 * @throws ConfigError for a bad delay or date, and for both at once.
 */
export class Retry extends QueueError {
  override readonly name = 'Retry';
  readonly code = 'Q_RETRY';
  /** `null`: as the back-off says. */
  readonly #start: RetryStart | null;

  constructor(message = 'the handler asked for another try', options: RetryOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.#start = resolveStart(options);
  }

  /** Whether a thrown value is a `Retry`. Asks nothing of it, since a thrown proxy may answer with another throw. */
  static is(thrown: unknown): thrown is Retry {
    return typeof thrown === 'object' && thrown !== null && #start in thrown;
  }

  static startOf(retry: Retry): RetryStart | null {
    return retry.#start;
  }
}

function resolveStart({ delay, schedule }: RetryOptions): RetryStart | null {
  if (delay !== undefined && schedule !== undefined)
    throw new ConfigError('a retry takes either "delay" or "schedule"');
  if (delay !== undefined) return { kind: 'delay', ms: parseDuration(delay, 'option "delay" of a retry') };
  if (schedule !== undefined)
    return { kind: 'at', at: resolveInstant(schedule, 'option "schedule" of a retry') };
  return null;
}
