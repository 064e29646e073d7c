import { type AnyResult, type AnyTask, type ResultOf, TaskFailedError, type TaskResult } from '@q/core';
import { abortTask } from './abort.ts';
import { readResult } from './read-result.ts';
import type { Session } from './session.ts';
import { type Status, statusOf } from './status.ts';
import { type AnyInfo, infoOf, type TaskInfo } from './task-info.ts';
import { waitForResult } from './wait-for-result.ts';
import { resolveWaitOptions, type WaitOptions } from './wait-options.ts';

/** A handle of any task; what lists of handles hold. */
export interface AnyHandle {
  readonly id: string;
  /** The task's name. */
  readonly name: string;
  readonly queue: string;
  /** The id was known already; nothing was enqueued. */
  readonly duplicate: boolean;
  /** @throws QueueUnavailableError · ClientClosedError */
  status(): Promise<Status>;
  /** What is known of it until it finishes; `null` from then on (ask for the result), and for an unknown id. @throws QueueUnavailableError · ClientClosedError */
  info(): Promise<AnyInfo | null>;
  /**
   * Waits until the task has ended, however long that takes, through reconnects and restarts of Redis.
   *
   * @throws ResultTimeoutError · the signal's reason · ResultMissingError · ResultExpiredError · InvalidResultError · ClientClosedError
   */
  result(options?: WaitOptions): Promise<AnyResult>;
  /** The value of a task that succeeded. @throws TaskFailedError when it failed, and as `result` */
  value(options?: WaitOptions): Promise<unknown>;
  /**
   * Whether the task was cancelled: at once when it waits; a running one is asked to stop, and this waits for its end
   * (by default as long as the client's `deadline`; false if it takes longer). False for a finished or unknown task.
   *
   * @throws QueueUnavailableError · the signal's reason · ClientClosedError
   */
  abort(options?: WaitOptions): Promise<boolean>;
}

/** What an enqueue resolves to. Never thenable, or `await` would wait for the result. */
export interface Handle<Given extends AnyTask> extends AnyHandle {
  info(): Promise<TaskInfo<Given> | null>;
  result(options?: WaitOptions): Promise<TaskResult<Given>>;
  value(options?: WaitOptions): Promise<ResultOf<Given>>;
}

export interface HandleFacts<Given extends AnyTask> {
  readonly task: Given;
  readonly id: string;
  readonly duplicate: boolean;
}

export function createHandle<Given extends AnyTask>(
  session: Session,
  facts: HandleFacts<Given>,
): Handle<Given> {
  return new SessionHandle(session, facts);
}

/** A class, because there is one for every enqueue: its methods are made once. */
class SessionHandle<Given extends AnyTask> implements Handle<Given> {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly duplicate: boolean;
  readonly #session: Session;
  readonly #task: Given;

  constructor(session: Session, { task, id, duplicate }: HandleFacts<Given>) {
    this.id = id;
    this.name = task.name;
    this.queue = session.queue;
    this.duplicate = duplicate;
    this.#session = session;
    this.#task = task;
  }

  status(): Promise<Status> {
    return readStatus(this.#session, this.id);
  }

  info(): Promise<TaskInfo<Given> | null> {
    return readInfo<Given>(this.#session, this.id);
  }

  async result(options: WaitOptions = {}): Promise<TaskResult<Given>> {
    const { codec, queue } = this.#session;
    const finished = await waitForResult(this.#session, this.id, resolveWaitOptions(options));
    return readResult({ task: this.#task, id: this.id, queue, codec }, finished);
  }

  async value(options?: WaitOptions): Promise<ResultOf<Given>> {
    return requireSuccess(await this.result(options));
  }

  abort(options: WaitOptions = {}): Promise<boolean> {
    return abortTask(this.#session, this.id, options);
  }
}

export async function readStatus(session: Session, id: string): Promise<Status> {
  session.requireOpen();
  return statusOf(await session.reads.ask(id));
}

function readInfo<Given extends AnyTask>(session: Session, id: string): Promise<TaskInfo<Given> | null>;
// The compiler of whoever sent the arguments has checked them.
async function readInfo(session: Session, id: string): Promise<unknown> {
  session.requireOpen();
  return infoOf(id, await session.reads.ask(id), session.codec);
}

function requireSuccess<Given extends AnyTask>(result: TaskResult<Given>): ResultOf<Given> {
  if (result.success) return result.result;
  throw new TaskFailedError({ id: result.id, task: result.name, failure: result.error });
}
