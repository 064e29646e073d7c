import type { Refused } from './refused.ts';

/** The failures that need no declaration; a declared error cannot take one of these names. */
export type BuiltInFailureType =
  | 'error'
  | 'timeout'
  | 'aborted'
  | 'dependency'
  | 'expired'
  | 'crashed'
  | 'unroutable'
  | 'invalid'
  | 'unique';

// A record, so that a type added above must be added here.
const builtIn: Readonly<Record<BuiltInFailureType, true>> = {
  error: true,
  timeout: true,
  aborted: true,
  dependency: true,
  expired: true,
  crashed: true,
  unroutable: true,
  invalid: true,
  unique: true,
};

export function isBuiltInFailureType(type: string): type is BuiltInFailureType {
  return Object.hasOwn(builtIn, type);
}

/** Declared errors, with a refusal in place of each whose name belongs to the queue. */
export type NotBuiltIn<Errors> = {
  readonly [Name in keyof Errors]: Name extends BuiltInFailureType
    ? Refused<'this error name belongs to the queue itself; choose another', Name>
    : Errors[Name];
};

/** A failure that no task declares: a throw, a timeout, an abort. All texts are those of the worker. */
export interface BuiltInFailure {
  readonly type: BuiltInFailureType;
  readonly message: string;
  /** Name of the thrown error's class, such as `TypeError`. */
  readonly name: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** A failure that the task declares, with its data. */
export interface DeclaredFailure<Name extends string, Data> {
  readonly type: Name;
  readonly data: Data;
  readonly message: string;
}

/** Why a task failed; `type` tells the variants apart. */
export type Failure<Errors> =
  | BuiltInFailure
  | { [Name in keyof Errors & string]: DeclaredFailure<Name, Errors[Name]> }[keyof Errors & string];
