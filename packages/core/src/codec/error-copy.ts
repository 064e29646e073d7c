import { at, inside, spend, type Walk } from './walk.ts';

/** Errors of any class and realm. */
export function isErrorLike(value: object): boolean {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/**
 * Errors travel as one class with texts: name, message and code, and the cause whatever it is. No stack: it may be long,
 * and names files of the machine that made it.
 */
export function copyOfError(
  error: object,
  walk: Walk,
  copyOf: (value: unknown, walk: Walk) => unknown,
): Error {
  return inside(walk, error, 1, () => {
    const message = textAt(error, 'message', walk) ?? '';
    const name = textAt(error, 'name', walk) ?? 'Error';
    const code = textAt(error, 'code', walk);
    const cause = at(walk, '.cause', () => copyOf(Reflect.get(error, 'cause') ?? null, walk));
    return buildError({ name, message, code, cause });
  });
}

export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly cause: unknown;
}

/** An error without a stack of its own: where it was decoded says nothing about it. A `null` cause or code is none. */
export function buildError({ name, message, code, cause }: ErrorParts): Error {
  const error = new Error(message, cause === null ? undefined : { cause });
  if (name !== 'Error')
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (code !== null) Object.assign(error, { code });
  error.stack = `${name}: ${message}`;
  return error;
}

function textAt(error: object, key: 'name' | 'message' | 'code', walk: Walk): string | null {
  return at(walk, `.${key}`, () => {
    const value: unknown = Reflect.get(error, key);
    if (typeof value !== 'string') return null;
    spend(walk, value.length + 3);
    return value;
  });
}
