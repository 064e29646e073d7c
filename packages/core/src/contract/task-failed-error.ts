import { QueueError } from '../errors.ts';
import type { BuiltInFailure, Failure } from './failure.ts';
import type { NoErrors } from './task.ts';

export interface FailedFacts<Errors> {
  readonly id: string;
  /** The task's name. */
  readonly task: string;
  readonly failure: Failure<Errors>;
}

/** Thrown by `Handle.value()` when the task failed. The `cause` of a built-in failure has the worker's stack. */
export class TaskFailedError<Errors = NoErrors> extends QueueError implements FailedFacts<Errors> {
  override readonly name = 'TaskFailedError';
  readonly code = 'TASK_FAILED';
  readonly id: string;
  readonly task: string;
  readonly failure: Failure<Errors>;

  constructor({ id, task, failure }: FailedFacts<Errors>) {
    super(`task "${task}" (${id}) failed with "${failure.type}": ${failure.message}`, causeOf(failure));
    this.id = id;
    this.task = task;
    this.failure = failure;
  }
}

function causeOf(failure: object): ErrorOptions | undefined {
  if (!isBuiltIn(failure)) return undefined;
  const remote = new Error(failure.message, 'cause' in failure ? { cause: failure.cause } : undefined);
  remote.name = failure.name;
  remote.stack = failure.stack ?? `${failure.name}: ${failure.message}`;
  return { cause: remote };
}

/** Declared failures carry data, built-in ones a name. */
function isBuiltIn(failure: object): failure is BuiltInFailure {
  return 'name' in failure && !('data' in failure);
}
