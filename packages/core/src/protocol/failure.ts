import type { BuiltInFailureType } from '../contract/failure.ts';

/** A failure as it is stored: the payload of a `-` result. Text only, so that no reader runs foreign code. */
export interface StoredFailure {
  /** A built-in type, or the name of a declared error. */
  readonly type: BuiltInFailureType | (string & {});
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: StoredFailure;
  /** Of a declared error. */
  readonly data?: unknown;
}

const longestText = 4_096;
const longestStack = 8_192;
const deepestCause = 5;

/** Says what was thrown, whatever it was: `undefined`, a Proxy, an object whose getters throw. Never throws itself. */
export function describeFailure(thrown: unknown, type: BuiltInFailureType = 'error'): StoredFailure {
  return describe(thrown, type, 0);
}

function describe(thrown: unknown, type: BuiltInFailureType, depth: number): StoredFailure {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
    return {
      type,
      name: 'NonError',
      message: capped(`a handler threw ${primitiveText(thrown)}`, longestText),
    };
  }
  const name = readText(thrown, 'name') ?? 'NonError';
  const message =
    readText(thrown, 'message') ??
    `a handler threw ${typeof thrown === 'function' ? 'a function' : 'an object'} that is not an Error`;
  const stack = readText(thrown, 'stack');
  const code = readText(thrown, 'code');
  const cause = depth < deepestCause ? readProperty(thrown, 'cause') : undefined;
  return {
    type,
    name: capped(name, 256),
    message: capped(message, longestText),
    ...(stack === undefined ? {} : { stack: capped(stack, longestStack) }),
    ...(code === undefined ? {} : { code: capped(code, 256) }),
    ...(cause === undefined || cause === null ? {} : { cause: describe(cause, 'error', depth + 1) }),
  };
}

function primitiveText(value: unknown): string {
  if (typeof value === 'string') return `the text "${value}"`;
  if (typeof value === 'bigint') return `the bigint ${value.toString().slice(0, 100)}`;
  return String(value);
}

function readProperty(from: object, key: string): unknown {
  try {
    return Reflect.get(from, key);
  } catch {
    return undefined; // a getter or a Proxy that throws says nothing, and must not end the worker
  }
}

function readText(from: object, key: string): string | undefined {
  const value = readProperty(from, key);
  if (typeof value === 'string') return value;
  return key === 'code' && typeof value === 'number' ? String(value) : undefined;
}

function capped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
