import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Anything that implements Standard Schema: zod, valibot, arktype and others. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/** As much of a schema as inference needs. Comparing 300 zod objects with all of `Schema` costs half a second. */
export interface AnySchema {
  readonly '~standard': {
    readonly version: 1;
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined;
  };
}

export type ErrorSchemas = Readonly<Record<string, AnySchema>>;

type InputOf<Given extends AnySchema> = NonNullable<Given['~standard']['types']>['input'];
type OutputOf<Given extends AnySchema> = NonNullable<Given['~standard']['types']>['output'];

/** The form that travels. */
export type SentBy<Given> = Given extends AnySchema ? InputOf<Given> : void;
/** The form that comes out at the far end. */
export type ReadBy<Given> = Given extends AnySchema ? OutputOf<Given> : void;
export type SentArgs<Given> = Given extends AnySchema
  ? undefined extends InputOf<Given>
    ? [input?: InputOf<Given>]
    : [input: InputOf<Given>]
  : [];
export type ReadArgs<Given> = Given extends AnySchema ? [input: OutputOf<Given>] : [];

/** A schema that checks nothing: `output: typed<Report>()` names a type where no validation is wanted. */
export function typed<Value>(): Schema<Value, Value> {
  return { '~standard': { version: 1, vendor: 'q', validate: passUnchecked<Value> } };
}

function passUnchecked<Value>(value: unknown): { readonly value: Value } {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the one promise of this schema: the caller's word is taken
  return { value: value as Value };
}

/** Whether a value can validate. Some libraries make their schemas functions. */
export function isSchema(value: unknown): value is Schema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = Reflect.get(value, '~standard');
  return (
    typeof standard === 'object' &&
    standard !== null &&
    typeof Reflect.get(standard, 'validate') === 'function'
  );
}

/** What a task in the schema form carries at run time. */
export interface TaskSchemas {
  readonly input?: Schema;
  readonly output?: Schema;
  readonly errors: Readonly<Record<string, Schema>>;
}

/**
 * A string and not a symbol, so that two copies of this package agree. Absent from the type: a contract's declarations
 * would otherwise name the schema library.
 */
export const schemasKey = '~schemas';

const noSchemas: TaskSchemas = { errors: {} };

/** The schemas of a task; empty for the signature form. */
export function schemasOf(task: object): TaskSchemas {
  const carried: unknown = Reflect.get(task, schemasKey);
  return isTaskSchemas(carried) ? carried : noSchemas;
}

function isTaskSchemas(value: unknown): value is TaskSchemas {
  return typeof value === 'object' && value !== null && 'errors' in value;
}
