import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import {
  requireLabel,
  requireQueueName,
  requireScheduleName,
  requireTaskId,
  requireTaskName,
} from './names.ts';

const words = [
  ['a task name', requireTaskName, 128],
  ['a task id', requireTaskId, 128],
  ['a worker label', requireLabel, 128],
  ['the name of a schedule', requireScheduleName, 100],
] as const;

describe.each(words)('%s', (what, require, most) => {
  it.each(['a', 'image.resize', 'a:b/c-d_e.9', 'A'.repeat(most)])('may be %j', (value) => {
    expect(require(value)).toBe(value);
  });

  it.each([
    '',
    'a b',
    'a|b',
    'a;b',
    'a~b',
    '{a}',
    'a\n',
    '\na',
    'ä',
    'a\0',
    'A'.repeat(most + 1),
    5,
    null,
    undefined,
    {},
    ['a'],
  ])('cannot be %j', (value) => {
    expect(() => require(value)).toThrow(ConfigError);
    expect(() => require(value)).toThrow(`${what} must be 1 to ${most} of the characters`);
  });
});

describe('a queue name', () => {
  it.each(['default', 'a.b-c_9', 'Q'.repeat(64)])('may be %j', (value) => {
    expect(requireQueueName(value)).toBe(value);
  });

  it.each(['', 'a:b', 'a/b', '{a}', 'a b', 'Q'.repeat(65), 5, null])('cannot be %j', (value) => {
    expect(() => requireQueueName(value)).toThrow(ConfigError);
  });
});
