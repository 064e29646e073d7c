import { type AnyTask, ConfigError, type Contract, type Refused } from '@q/core';
import type { Handler, Handlers, TaskContext } from './handlers/handler.ts';
import { type CronOptions, Registry } from './handlers/registry.ts';
import { Lifecycle, type RunningWorker } from './lifecycle.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { resolveWorkerOptions, type WorkerOptions } from './worker-options.ts';

type CronPattern =
  | `${string} ${string} ${string} ${string} ${string}`
  | `@${'yearly' | 'annually' | 'monthly' | 'weekly' | 'daily' | 'midnight' | 'hourly'}`;

/** A literal must look like a crontab, so that tab and name cannot change places; a `string` is checked at run time. */
export type CronTab<Tab extends string> = string extends Tab
  ? Tab
  : Tab extends CronPattern
    ? Tab
    : Refused<'not a crontab: the order is cron(tab, name, handler)', Tab>;

/** Handlers and schedules, and the way to start them. Everything is registered before the start. */
export interface Worker<Deps> {
  /** Says what runs a task. @throws ConfigError for a name that has a handler already, and after the start. */
  handle<Given extends AnyTask>(task: Given, handler: Handler<Given, Deps>): this;
  /** One handler for every task of a contract, none left out, in the same shape. @throws ConfigError as `handle`, registering nothing. */
  implement<Tasks extends Contract>(contract: Tasks, handlers: Handlers<NoInfer<Tasks>, Deps>): this;
  /**
   * Runs a handler by the clock, once per slot over all workers of the queue.
   *
   * @param tab - 5 fields; 6 with seconds first; 7 with a year last; or `@daily` and the like
   * @param name - names schedule and task; in the code of all workers of a queue it stands for the same schedule
   * @throws ConfigError
   */
  cron<const Tab extends string>(
    tab: CronTab<Tab>,
    name: string,
    handler: (ctx: TaskContext<Deps>) => unknown,
    options?: CronOptions,
  ): this;
  /**
   * Once per worker. Runs the lifespan's set-up, joins the queue and begins to claim. Waits for Redis for as long as that takes.
   *
   * @throws ConfigError without any handler, and for a second start (one that failed may be repeated); what the set-up
   * throws, LifespanError, EvictionPolicyError, IncompatibleQueueError; the queue is untouched then.
   */
  start(): Promise<RunningWorker>;
  /**
   * Starts, as `start()` does, and stops at SIGTERM or SIGINT, within the grace period and 3 seconds; a second signal ends the process at
   * once with 143 or 130. Resolves when all is done. When handlers that ignore their signal still hold the process then,
   * it is ended with code 0 (or `process.exitCode`).
   */
  run(): Promise<void>;
}

/**
 * A worker of one queue. Nothing is connected before `start()` or `run()`.
 *
 * @throws ConfigError for an unknown option or a bad value.
 */
export function createWorker<Deps = undefined>(options: WorkerOptions<Deps>): Worker<Deps> {
  return new QueueWorker<Deps>(options);
}

class QueueWorker<Deps> implements Worker<Deps> {
  readonly #registry: Registry;
  readonly #begin: () => Lifecycle;
  #isBegun = false;

  constructor(options: WorkerOptions<Deps>) {
    const resolved = resolveWorkerOptions(options);
    this.#registry = new Registry(resolved.tz);
    this.#begin = () => new Lifecycle(resolved, this.#registry);
  }

  handle<Given extends AnyTask>(task: Given, handler: Handler<Given, Deps>): this {
    this.#registry.handle(task, handler);
    return this;
  }

  implement<Tasks extends Contract>(contract: Tasks, handlers: Handlers<NoInfer<Tasks>, Deps>): this {
    this.#registry.implement(contract, handlers);
    return this;
  }

  cron<const Tab extends string>(
    tab: CronTab<Tab>,
    name: string,
    handler: (ctx: TaskContext<Deps>) => unknown,
    options?: CronOptions,
  ): this {
    this.#registry.cron(tab, name, handler, options);
    return this;
  }

  async start(): Promise<RunningWorker> {
    const lifecycle = this.#open();
    try {
      await lifecycle.start();
      return lifecycle;
    } catch (error) {
      this.#isBegun = false;
      throw error;
    }
  }

  async run(): Promise<void> {
    await runUntilStopped(this.#open(), process);
  }

  #open(): Lifecycle {
    if (this.#isBegun)
      throw new ConfigError(
        'the worker has been started already; it is started once: use what start() answered, or make another with createWorker()',
      );
    if (this.#registry.names.length === 0)
      throw new ConfigError(
        'the worker has no handler and would never run anything; call handle(), implement() or cron() before start() or run()',
      );
    this.#isBegun = true;
    this.#registry.close();
    return this.#begin();
  }
}
