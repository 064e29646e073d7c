import { InvalidInputError, InvalidResultError, type Issue } from '../errors.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { type Schema, schemasOf } from './schema.ts';
import type { AnyTask } from './task.ts';

/** How a value that does not pass is reported. */
export type Refusal = (issues: readonly Issue[], options?: ErrorOptions) => Error;

type Validated = Awaited<ReturnType<Schema['~standard']['validate']>>;

/** The value as parsed by the schema; a promise only where the schema is asynchronous. @throws what `refuse` makes. */
export function checkWith(schema: Schema, value: unknown, refuse: Refusal): MaybePromise<unknown> {
  const validated = validatedBy(schema, value, refuse);
  return 'then' in validated ? outputLater(validated, refuse) : outputOf(validated, refuse);
}

/** Client side, before sending: the arguments travel as they were given. @throws InvalidInputError */
export function validateInput(task: AnyTask, args: readonly unknown[]): MaybePromise<void> {
  const parsed = parseInput(task, args);
  return parsed instanceof Promise ? parsed.then(nothing) : undefined;
}

/** Worker side: the arguments as the handler receives them. @throws InvalidInputError */
export function parseInput(task: AnyTask, args: readonly unknown[]): MaybePromise<readonly unknown[]> {
  const { input } = schemasOf(task);
  if (input === undefined) return args;
  const refuse: Refusal = (issues, options) => new InvalidInputError(task.name, issues, options);
  if (args.length > 1)
    throw refuse([{ path: '', message: `the task takes one argument; got ${args.length}` }]);
  const parsed = checkWith(input, args[0], refuse);
  return parsed instanceof Promise ? parsed.then((value) => [value]) : [parsed];
}

/** Worker side, before settling: the result travels as the handler returned it. @throws InvalidResultError */
export function validateResult(task: AnyTask, value: unknown): MaybePromise<void> {
  const parsed = parseResult(task, value);
  return parsed instanceof Promise ? parsed.then(nothing) : undefined;
}

/** Client side: the result as a producer reads it. @throws InvalidResultError */
export function parseResult(task: AnyTask, value: unknown): MaybePromise<unknown> {
  const { output } = schemasOf(task);
  if (output === undefined) return value;
  return checkWith(
    output,
    value,
    (issues, options) => new InvalidResultError(task.name, 'result', issues, options),
  );
}

/** Worker side: the data of a declared error travels as it was given. @throws InvalidResultError */
export function validateErrorData(task: AnyTask, error: string, data: unknown): MaybePromise<void> {
  const parsed = parseErrorData(task, error, data);
  return parsed instanceof Promise ? parsed.then(nothing) : undefined;
}

/** Client side: the data of a declared error as a producer reads it; of an undeclared one as it came. @throws InvalidResultError */
export function parseErrorData(task: AnyTask, error: string, data: unknown): MaybePromise<unknown> {
  const { errors } = schemasOf(task);
  const schema = Object.hasOwn(errors, error) ? errors[error] : undefined;
  if (schema === undefined) return data;
  return checkWith(
    schema,
    data,
    (issues, options) => new InvalidResultError(task.name, `data of error "${error}"`, issues, options),
  );
}

function nothing(): void {}

function validatedBy(schema: Schema, value: unknown, refuse: Refusal): Validated | Promise<Validated> {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    throw threw(error, refuse);
  }
}

async function outputLater(validating: Promise<Validated>, refuse: Refusal): Promise<unknown> {
  const validated = await validating.catch((error: unknown) => {
    throw threw(error, refuse);
  });
  return outputOf(validated, refuse);
}

function threw(error: unknown, refuse: Refusal): Error {
  return refuse([{ path: '', message: 'the schema itself threw; see the cause' }], { cause: error });
}

function outputOf(validated: Validated, refuse: Refusal): unknown {
  if (validated.issues === undefined) return validated.value;
  throw refuse(validated.issues.map(({ message, path = [] }) => ({ path: pathText(path), message })));
}

type Path = NonNullable<NonNullable<Validated['issues']>[number]['path']>;

/** `items[0].name`, from keys or from objects that hold one. */
function pathText(path: Path): string {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return keys
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
