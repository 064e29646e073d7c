import { type AnyTask, ConfigError, type Duration, task as declareTask, type TaskOptions } from '@q/core';
import { isTask, parseDuration, resolveTaskOptions, shown } from '@q/core/wire';
import { createSchedule, type Schedule } from '../schedules/schedule.ts';
import type { AnyHandler } from './handler.ts';

/** How occurrences of a schedule are treated. */
export interface CronOptions extends TaskOptions {
  /** An occurrence is skipped while an earlier one runs. Needs no `timeout` here. @default true */
  readonly unique?: boolean;
  /** IANA zone that the crontab is read in. @default the worker's `tz` */
  readonly tz?: string;
  /** An occurrence that could not be fired within this time of its slot is left out; `null` for never. @default '5m' */
  readonly maxScheduleDrift?: Duration | null;
}

/** One name that this worker can run. */
export interface Registered {
  readonly task: AnyTask;
  readonly maxTries: number | null;
  /** ms; `null` for no limit. */
  readonly timeout: number | null;
  readonly handler: AnyHandler;
}

const example = "cron('0 9 * * *', 'report.daily', handler)";

/** Handlers by task name. Closed when the worker starts: a handler that came later would race with the first claim. */
export class Registry {
  readonly #registered = new Map<string, Registered>();
  readonly #schedules: Schedule[] = [];
  readonly #tz: string;
  #isClosed = false;

  constructor(tz: string) {
    this.#tz = tz;
  }

  get schedules(): readonly Schedule[] {
    return this.#schedules;
  }

  get names(): string[] {
    return [...this.#registered.keys()];
  }

  find(name: string): Registered | undefined {
    return this.#registered.get(name);
  }

  close(): void {
    this.#isClosed = true;
  }

  handle(task: unknown, handler: unknown): void {
    if (!isTask(task))
      throw new ConfigError('the first argument of handle() must be a task, as made by task() of @q/core');
    this.#requireFree(task.name, handler);
    const { maxTries, timeout } = resolveTaskOptions(task.options, task.name);
    this.#registered.set(task.name, { task, maxTries, timeout, handler });
  }

  /** Nothing is registered when one of the handlers is refused. */
  implement(contract: unknown, handlers: unknown): void {
    const found = pairsOf(contract, handlers, 'contract');
    const names = new Set<string>();
    for (const { task, handler } of found) {
      this.#requireFree(task.name, handler);
      if (names.has(task.name)) throw new ConfigError(`the contract names task "${task.name}" twice`);
      names.add(task.name);
    }
    for (const { task, handler } of found) this.handle(task, handler);
  }

  cron(tab: unknown, name: unknown, handler: unknown, options: CronOptions = {}): void {
    if (typeof name !== 'string' || name === '')
      throw new ConfigError(`a schedule needs a name, which no other has: ${example}; got ${shown(name)}`);
    if (this.#registered.has(name))
      throw new ConfigError(
        `schedule "${name}": the name has a handler already; give it another one: ${example}`,
      );
    this.#requireFree(name, handler);
    const { tz = this.#tz, maxScheduleDrift = '5m', unique = true, ...taskOptions } = options;
    const maxDrift =
      maxScheduleDrift === null
        ? null
        : parseDuration(maxScheduleDrift, `option "maxScheduleDrift" of schedule "${name}"`);
    const { ttl } = resolveTaskOptions(taskOptions, name);
    const schedule = createSchedule({ name, tab, tz, maxDrift, unique, ttl });
    // Whether occurrences may overlap is said by the schedule; a task would ask for a timeout.
    const task = declareTask<() => unknown>(name, taskOptions);
    this.handle(task, handler);
    this.#schedules.push(schedule);
  }

  #requireFree(name: string, handler: unknown): asserts handler is AnyHandler {
    if (this.#isClosed)
      throw new ConfigError(`the worker has been started; register "${name}" before start() or run()`);
    if (typeof handler !== 'function') throw new ConfigError(`the handler of "${name}" must be a function`);
    if (this.#registered.has(name))
      throw new ConfigError(`"${name}" has a handler already; a name has one per worker`);
  }
}

interface Pair {
  readonly task: AnyTask;
  readonly handler: unknown;
}

function pairsOf(contract: unknown, handlers: unknown, path: string): Pair[] {
  if (typeof contract !== 'object' || contract === null)
    throw new ConfigError(`${path} must be an object of tasks`);
  if (typeof handlers !== 'object' || handlers === null) throw new ConfigError(`${path} has no handlers`);
  const extra = Object.keys(handlers).find((key) => !Object.hasOwn(contract, key));
  if (extra !== undefined)
    throw new ConfigError(`${path}.${extra} has a handler, but there is no such task in the contract`);
  return Object.entries(contract).flatMap(([key, part]) => {
    const handler: unknown = Object.hasOwn(handlers, key) ? Reflect.get(handlers, key) : undefined;
    return isTask(part) ? [{ task: part, handler }] : pairsOf(part, handler, `${path}.${key}`);
  });
}
