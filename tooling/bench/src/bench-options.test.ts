import { expect, it } from 'vitest';
import { readBenchOptions } from './bench-options.ts';

it('measures every system and every scenario unless told otherwise', () => {
  expect(readBenchOptions(['quick'])).toEqual({
    size: 'quick',
    json: false,
    readme: false,
    systems: ['q', 'floor'],
    only: '',
    profile: null,
  });
});

it('takes its options in any order', () => {
  const given = readBenchOptions(['all', '--only', 'drain', '--json', '--systems', 'q']);
  expect(given).toMatchObject({ size: 'all', json: true, only: 'drain', systems: ['q'] });
});

it.each([[[]], [['slow']], [['quick', '--only']], [['quick', '--jsn', 'x']], [['quick', '--systems', 'x']]])(
  'refuses %j',
  (args) => {
    expect(() => readBenchOptions(args)).toThrow();
  },
);
