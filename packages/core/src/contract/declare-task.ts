import { ConfigError } from '../errors.ts';
import { isBuiltInFailureType, type NotBuiltIn } from './failure.ts';
import { isWord, requireTaskName } from './names.ts';
import {
  type AnySchema,
  type ErrorSchemas,
  isSchema,
  type ReadArgs,
  type ReadBy,
  type Schema,
  type SentArgs,
  type SentBy,
  schemasKey,
  type TaskSchemas,
} from './schema.ts';
import { shown } from './shown.ts';
import type { AnyTask, NoErrors, Signature, Task, TypedTask } from './task.ts';
import { resolveTaskOptions, type TaskOptions, type UniqueWithTimeout } from './task-options.ts';

/**
 * Declares a task: `task<(seconds: number) => number>('sleeper')`, or `task('sleeper', { input, output, errors })`.
 *
 * One signature on purpose: overloads would hide every mistake behind "No overload matches this call". Type arguments
 * written by hand switch inference off, so the schemas fall to their defaults; without them `Given` falls to `never`.
 * In the signature form, declared errors are the second type argument.
 *
 * @param name - what producers and workers agree on: 1 to 128 of `A-Z a-z 0-9 _ . : / -`.
 * @throws ConfigError for a bad name, a bad or unknown option, or something that is no Standard Schema.
 */
export function task<
  Given extends Signature = never,
  Errors extends NotBuiltIn<Errors> = NoErrors,
  Input extends AnySchema | undefined = undefined,
  Output extends AnySchema | undefined = undefined,
  Declared extends ErrorSchemas = NoErrors,
>(
  name: string,
  options?: TaskOptions &
    UniqueWithTimeout & {
      readonly input?: Input;
      readonly output?: Output;
      readonly errors?: Declared & NotBuiltIn<Declared>;
    },
): [Given] extends [never]
  ? TypedTask<
      (...args: SentArgs<Input>) => SentBy<Output>,
      { [Name in keyof Declared]: SentBy<Declared[Name]> },
      (...args: ReadArgs<Input>) => ReadBy<Output>,
      { [Name in keyof Declared]: ReadBy<Declared[Name]> }
    >
  : Task<Given, Errors>;
export function task(name: string, options: GivenOptions = {}): AnyTask {
  requireTaskName(name);
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(
      `options of task "${name}" must be an object such as { timeout: '30s' }; got ${shown(options)}`,
    );
  const { input, output, errors, ...rest } = options;
  resolveTaskOptions(rest, name);
  const schemas = requireSchemas(input, output, errors, name);
  const declared: AnyTask = { kind: 'task', name, options: Object.freeze(rest) };
  // Not enumerable, so that a printed task is not a page of schema.
  if (schemas !== null) Object.defineProperty(declared, schemasKey, { value: schemas });
  return Object.freeze(declared);
}

interface GivenOptions extends TaskOptions {
  readonly input?: unknown;
  readonly output?: unknown;
  readonly errors?: unknown;
}

function requireSchemas(input: unknown, output: unknown, errors: unknown, name: string): TaskSchemas | null {
  if (input === undefined && output === undefined && errors === undefined) return null;
  return Object.freeze({
    ...(input === undefined ? {} : { input: requireSchema(input, 'input', name) }),
    ...(output === undefined ? {} : { output: requireSchema(output, 'output', name) }),
    errors: Object.freeze(Object.fromEntries(requireErrors(errors, name))),
  });
}

function requireErrors(errors: unknown, name: string): [error: string, schema: Schema][] {
  if (errors === undefined) return [];
  if (typeof errors !== 'object' || errors === null) {
    throw new ConfigError(
      `option "errors" of task "${name}" must be an object of schemas by error name; got ${shown(errors)}`,
    );
  }
  return Object.entries(errors).map(([error, schema]) => {
    if (isBuiltInFailureType(error))
      throw new ConfigError(
        `error "${error}" of task "${name}" belongs to the queue itself; choose another name`,
      );
    if (!isWord(error) || error === '__proto__')
      throw new ConfigError(
        `error ${shown(error)} of task "${name}" needs a name of 1 to 128 letters, digits and _ . : / -`,
      );
    return [error, requireSchema(schema, `errors.${error}`, name)];
  });
}

function requireSchema(value: unknown, option: string, name: string): Schema {
  if (isSchema(value)) return value;
  throw new ConfigError(
    `option "${option}" of task "${name}" must be a Standard Schema, such as one of zod, valibot or arktype; got ${shown(value)}`,
  );
}
