import { expect, it } from 'vitest';
import { type BenchOptions, readBenchOptions } from './bench-options.ts';
import { scenarios } from './scenarios.ts';
import { systemNames } from './systems.ts';

const namesOf = (options: BenchOptions): readonly string[] => options.scenarios.map(({ name }) => name);

it('measures everything in "all", and in "quick" what is soon done', () => {
  expect(readBenchOptions(['all'])).toMatchObject({ size: 'all', scenarios, systems: systemNames });
  const quick = readBenchOptions(['quick']);
  expect(namesOf(quick)).toContain('drain-32');
  expect(namesOf(quick)).not.toContain('scale-waiting');
  expect(quick.systems).toContain('bullmq');
  expect(quick.systems).not.toContain('graphile-worker');
});

it('takes scenarios by name or by the beginning of it, and measures them thoroughly unless told otherwise', () => {
  expect(namesOf(readBenchOptions(['drain-32', 'enqueue']))).toEqual([
    'enqueue-each',
    'enqueue-bulk',
    'enqueue-sequence',
    'drain-32',
  ]);
  expect(readBenchOptions(['drain-32']).size).toBe('all');
  expect(readBenchOptions(['drain-32', 'quick']).size).toBe('quick');
});

it('does not take drain-100 for a kind of drain-1', () => {
  expect(namesOf(readBenchOptions(['drain-1']))).toEqual(['drain-1', 'drain-1-prefetch']);
});

it('takes its options in any order', () => {
  const given = readBenchOptions(['--page', 'all', '--systems', 'floor,q', '--json', '--profile', 'there']);
  expect(given).toMatchObject({
    json: true,
    page: true,
    readme: false,
    systems: ['q', 'floor'],
    profile: 'there',
  });
});

it.each([[[]], [['slow']], [['quick', '--jsn']], [['quick', '--systems', 'x']], [['quick', '--profile']]])(
  'refuses %j and says what there is',
  (args) => {
    expect(() => readBenchOptions(args)).toThrow(/usage: .*\n.*\nscenarios: enqueue-each/);
  },
);
