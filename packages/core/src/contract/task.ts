import type { TaskOptions } from './task-options.ts';

export type Signature = (...args: never[]) => unknown;
export type NoErrors = Record<never, never>;

/**
 * A named promise between whoever enqueues and whoever executes: the types travel with the value, the code does not.
 * Importing a task never imports its handler.
 *
 * `Sent` is what travels: the arguments a producer passes, the value a handler returns.
 * `Read` is what comes out of the schemas at the far end: the arguments a handler receives, the result a producer
 * reads. They differ only where a schema transforms.
 */
export interface TypedTask<
  Sent extends Signature,
  Errors extends object,
  Read extends Signature,
  ReadErrors extends object,
> {
  readonly kind: 'task';
  readonly name: string;
  readonly options: TaskOptions;
  /** Types only; never there at run time. A string key, so that two copies of this package agree. */
  readonly '~types'?: {
    readonly sent: Sent;
    readonly errors: Errors;
    readonly read: Read;
    readonly readErrors: ReadErrors;
  };
}

/** A task whose schemas, if any, transform nothing. An interface of its own, so that tooltips stay short. */
export interface Task<Sent extends Signature, Errors extends object = NoErrors>
  extends TypedTask<Sent, Errors, Sent, Errors> {}

/** A task of any type. */
export type AnyTask = TypedTask<Signature, object, Signature, object>;
/** A task known by name only. */
export type UnknownTask = Task<(...args: unknown[]) => unknown>;

/** Tasks by key, to any depth: what a worker can implement as a whole. */
export interface Contract {
  readonly [key: string]: AnyTask | Contract;
}

type Types<Given extends AnyTask> = NonNullable<Given['~types']>;
/** Unlike `Parameters`, a union of functions gives the intersection of their arguments. */
type ArgumentsOf<Function> = [Function] extends [(...args: infer Args) => unknown] ? Args : never;

/** What a producer passes. */
export type ArgsOf<Given extends AnyTask> = ArgumentsOf<Types<Given>['sent']>;
/** What a handler receives after `ctx`. */
export type HandlerArgsOf<Given extends AnyTask> = ArgumentsOf<Types<Given>['read']>;
/** What a handler returns. */
export type ReturnOf<Given extends AnyTask> = Awaited<ReturnType<Types<Given>['sent']>>;
/** What a producer reads. */
export type ResultOf<Given extends AnyTask> = Awaited<ReturnType<Types<Given>['read']>>;
/** Declared errors as a handler raises them. */
export type ErrorsOf<Given extends AnyTask> = Types<Given>['errors'];
/** Declared errors as a producer reads them. */
export type ReadErrorsOf<Given extends AnyTask> = Types<Given>['readErrors'];

/** Whether a value is a task, of this copy of the package or another. */
export function isTask(value: unknown): value is AnyTask {
  return (
    typeof value === 'object' &&
    value !== null &&
    Reflect.get(value, 'kind') === 'task' &&
    typeof Reflect.get(value, 'name') === 'string'
  );
}
