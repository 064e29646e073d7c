import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@q/client';
import { ConfigError, type Duration, type Headers } from '@q/core';
import { type Envelope, parseDuration } from '@q/core/wire';
import type { Flight } from '../execution/flight.ts';
import { DeclaredError } from '../execution/run.ts';
import { childLogger, type Logger } from '../log.ts';
import { Retry, type RetryOptions } from '../retry/retry.ts';
import type { TaskContext } from './handler.ts';

/** What all contexts of one worker share. */
export interface ContextParts {
  readonly deps: unknown;
  readonly workerId: string;
  readonly log: Logger;
  readonly client: () => Client;
}

/** A timer of Node.js counts in 31 bits. */
const longestSleep = 2_147_483_647;

type Context = TaskContext<unknown, Record<string, unknown>>;

/**
 * Everything is a getter: a handler pays for what it touches, and `const { sleep, log } = ctx` works, because no
 * method needs its `this`.
 */
export class RunContext implements Context {
  readonly #parts: ContextParts;
  readonly #flight: Flight;
  readonly #envelope: Envelope;
  readonly maxTries: number | null;
  #log: Logger | null = null;

  constructor(parts: ContextParts, flight: Flight, envelope: Envelope, maxTries: number | null) {
    this.#parts = parts;
    this.#flight = flight;
    this.#envelope = envelope;
    this.maxTries = maxTries;
  }

  get deps(): unknown {
    return this.#parts.deps;
  }

  get workerId(): string {
    return this.#parts.workerId;
  }

  get client(): Client {
    return this.#parts.client();
  }

  get signal(): AbortSignal {
    return this.#flight.signal;
  }

  get id(): string {
    return this.#flight.delivery.id;
  }

  get name(): string {
    return this.#envelope.name;
  }

  get tries(): number {
    return this.#flight.delivery.tries.tries + 1;
  }

  get attempt(): number {
    return this.#flight.delivery.tries.attempts + 1;
  }

  get headers(): Headers {
    return this.#envelope.headers;
  }

  get enqueuedAt(): number {
    return this.#envelope.enqueuedAt;
  }

  get log(): Logger {
    this.#log ??= childLogger(this.#parts.log, { task: this.id, name: this.name, tries: this.tries });
    return this.#log;
  }

  get enqueue(): Context['enqueue'] {
    const client = this.client;
    return (task, ...args) => client.enqueue(task, ...args);
  }

  get sleep(): Context['sleep'] {
    return async (duration: Duration) => {
      const ms = parseDuration(duration, 'the duration of ctx.sleep()');
      if (ms > longestSleep)
        throw new ConfigError('ctx.sleep() takes at most 24 days; retry with a delay instead');
      await sleepUnlessAborted(ms, this.signal);
    };
  }

  get retry(): Context['retry'] {
    return (options?: RetryOptions) => {
      throw new Retry(undefined, options);
    };
  }

  get fail(): Context['fail'] {
    return (name: string, data: unknown) => {
      throw new DeclaredError(name, data);
    };
  }
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
