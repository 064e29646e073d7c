import type { BuiltInFailureType } from '@q/core';
import { describeFailure, isWord, type StoredFailure } from '@q/core/wire';

/** What of an error stands in a log. */
export interface LoggedError {
  readonly type: string;
  readonly name: string;
  readonly code?: string;
  /** Only where the words are ours. */
  readonly message?: string;
  readonly frames?: readonly string[];
  readonly cause?: LoggedError;
}

/**
 * Logs go further than results, and what a handler throws often quotes what it was given: its message, and the copy of it
 * at the head of its stack, stay in the result. What is told is its name, its code and where it was thrown.
 */
export function loggedError(thrown: unknown, type: BuiltInFailureType): LoggedError {
  const failure = describeFailure(thrown, type);
  const told = toldOf(failure);
  return type === 'error' ? told : { ...told, message: failure.message };
}

function toldOf({ type, name, code, message, stack, cause }: StoredFailure): LoggedError {
  const frames = framesOf(stack ?? '', message);
  return {
    type,
    name: isWord(name) ? name : 'Error',
    ...(isWord(code) ? { code } : {}),
    ...(frames.length === 0 ? {} : { frames }),
    ...(cause === undefined ? {} : { cause: toldOf(cause) }),
  };
}

/** As V8 heads a stack: `TypeError: `, `RangeError [ERR_X]: `. */
const head = /^[\w$.]{1,128}(?: \[[\w$.]{1,128}\])?/;
const frame = /^ +at /;

/** None unless the head is what it seems, for a message of several lines may look like frames. */
function framesOf(stack: string, message: string): readonly string[] {
  const [start] = head.exec(stack) ?? [''];
  const whole = message === '' ? `${start}\n` : `${start}: ${message}\n`;
  if (start === '' || !stack.startsWith(whole)) return [];
  return stack
    .slice(whole.length)
    .split('\n')
    .filter((line) => frame.test(line))
    .map((line) => line.trim());
}
