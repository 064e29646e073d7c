import { ConfigError } from '../errors.ts';
import { shown } from './shown.ts';

const wordCharacters = 'A-Z a-z 0-9 _ . : / -';
const word = /^[A-Za-z0-9_.:/-]{1,128}$/;
const scheduleName = /^[A-Za-z0-9_.:/-]{1,100}$/;
/** No colon and no braces: a queue name stands between both in every key. */
const queueName = /^[A-Za-z0-9_.-]{1,64}$/;

const codecId = /^[A-Za-z0-9_.-]{1,32}$/;

/** Whether a text may be the id of a codec. */
export function isCodecId(value: unknown): value is string {
  return typeof value === 'string' && codecId.test(value);
}

/** Whether a text may be a task's name, an id, a label or the name of a declared error. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}

/** @throws ConfigError unless it is 1 to 128 of the characters that names may have. */
export function requireTaskName(value: unknown): string {
  if (isWord(value)) return value;
  throw refusal('a task name', 128, wordCharacters, value);
}

/** @throws ConfigError unless it is 1 to 128 of the characters that ids may have. */
export function requireTaskId(value: unknown): string {
  if (isWord(value)) return value;
  throw refusal('a task id', 128, wordCharacters, value);
}

/** Labels name worker processes for people. @throws ConfigError as ids do. */
export function requireLabel(value: unknown): string {
  if (isWord(value)) return value;
  throw refusal('a worker label', 128, wordCharacters, value);
}

/** Shorter than an id, because an occurrence's id is this name and its slot. @throws ConfigError above 100 characters. */
export function requireScheduleName(value: unknown): string {
  if (typeof value === 'string' && scheduleName.test(value)) return value;
  throw refusal('the name of a schedule', 100, wordCharacters, value);
}

/** @throws ConfigError unless it is 1 to 64 letters, digits, dots, dashes and underscores. */
export function requireQueueName(value: unknown): string {
  if (typeof value === 'string' && queueName.test(value)) return value;
  throw refusal('a queue name', 64, 'A-Z a-z 0-9 _ . -', value);
}

function refusal(what: string, most: number, characters: string, value: unknown): ConfigError {
  return new ConfigError(`${what} must be 1 to ${most} of the characters ${characters}; got ${shown(value)}`);
}
