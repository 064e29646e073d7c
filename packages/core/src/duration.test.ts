import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { ConfigError } from './errors.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['.5s', 500],
    ['0ms', 0],
    [0, 0],
    [1_234, 1_234],
  ])('%j is %i ms', (given, ms) => {
    expect(parseDuration(given, 'delay')).toBe(ms);
  });

  it.each([
    ['1.1s', 1_100],
    [1.4, 1],
    [1.5, 2],
  ])('%j is rounded to whole milliseconds', (given, ms) => {
    expect(parseDuration(given, 'delay')).toBe(ms);
  });

  it.each([
    '5',
    '',
    'soon',
    '5 s',
    '5 seconds',
    '-5s',
    '1e3ms',
    '0x10s',
    '5S',
    '5sm',
    '5s ',
    '5s\n',
    '.s',
    '1.s',
    '٣s',
    `${'9'.repeat(400)}s`,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    -0.2,
    1e300,
    null,
    undefined,
    true,
    {},
    [],
    5n,
    () => 5,
    Symbol('5s'),
  ])('%o is refused', (given) => {
    expect(() => parseDuration(given, 'option "delay"')).toThrow(ConfigError);
  });

  it('that is refused is named, shown, and explained', () => {
    expect(() => parseDuration('5 seconds', 'option "timeout" of task "x"')).toThrow(
      `option "timeout" of task "x" must be milliseconds or a text such as '500ms', '30s', '5m', '2h', '1d'; got "5 seconds"`,
    );
  });
});
