import { ConfigError } from '../errors.ts';
import { shown } from './shown.ts';
import { noStartOptions, resolveStartOptions, type StartOptions } from './start-options.ts';
import { type AnyTask, type ArgsOf, isTask } from './task.ts';

/** Anything that names an enqueued task. A builder has no `id`, so one that was not awaited is refused. */
export type TaskRef = string | { readonly id: string };

/** A call seen as its task: what `send` and `enqueueMany` take. */
export interface CallOf<Given extends AnyTask> {
  readonly kind: 'call';
  readonly task: Given;
  /** Not `ArgsOf<Given>`: calls of different tasks could then not stand in one list. */
  readonly args: readonly unknown[];
  readonly options: StartOptions;
}

/** A call of any task; what lists of calls hold. */
export type AnyCall = CallOf<AnyTask>;

/** An inert description of one enqueue: it can be stored, returned and put in lists. Never thenable, never changed. */
export interface Call<Given extends AnyTask, Options = StartOptions> extends CallOf<Given> {
  /** The same call with these options instead of its own. @throws ConfigError for options that exclude each other or are malformed. */
  start(options?: Options): Call<Given, Options>;
}

export type TaskOf<Given> = Given extends CallOf<infer Called> ? Called : never;

/** Describes an enqueue without sending it: `q.send(call(sleeper, 5))`. @throws ConfigError for what is not a task. */
export function call<Given extends AnyTask>(task: Given, ...args: ArgsOf<Given>): Call<Given> {
  if (!isTask(task)) throw new ConfigError(`call() takes a task made by task(); got ${shown(task)}`);
  return described(task, Object.freeze(args), noStartOptions);
}

function described<Given extends AnyTask>(
  task: Given,
  args: readonly unknown[],
  options: StartOptions,
): Call<Given> {
  return Object.freeze({
    kind: 'call',
    task,
    args,
    options,
    start(next: StartOptions = {}): Call<Given> {
      // Here and not only when it is sent: the line that is wrong is this one.
      resolveStartOptions(next);
      return described(task, args, Object.freeze({ ...next }));
    },
  });
}
