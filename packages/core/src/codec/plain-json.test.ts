import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainJson } from './plain-json.ts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('plain JSON', () => {
  it('is what JSON carries: texts, finite numbers, booleans, null, lists, objects', () => {
    for (const value of [
      '',
      'a',
      0,
      -1.5,
      true,
      null,
      [],
      [[1]],
      {},
      { a: { b: [null] } },
      Object.create(null),
    ])
      expect(isPlainJson(value)).toBe(true);
  });

  it.each([
    ['undefined', undefined],
    ['undefined inside', { a: undefined }],
    ['a hole', new Array(1)],
    ['-0', [-0]],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a BigInt', 1n],
    ['a symbol', Symbol('s')],
    ['a function', { f: () => 1 }],
    ['a Date', new Date()],
    ['a Map', new Map()],
    [
      'a class instance',
      new (class Point {
        x = 1;
      })(),
    ],
    ['an instance of a list class', new (class List extends Array {})()],
    ['an own toJSON', { toJSON: () => 1 }],
    ['an own __proto__', JSON.parse('{"__proto__":1}')],
    ['101 levels', nested(101)],
  ])('is not %s', (_what, value) => {
    expect(isPlainJson(value)).toBe(false);
  });

  it('has at most 100 levels', () => {
    expect(isPlainJson(nested(100))).toBe(true);
  });

  it('ends on a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = [cycle, cycle];
    expect(isPlainJson(cycle)).toBe(false);
  });

  it('comes back equal from JSON, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
          withTypedArray: true,
        }),
        (value) => {
          fc.pre(isPlainJson(value));
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('includes every value that JSON.stringify writes of JSON.parse', () => {
    const texts = fc.json().filter((text) => !text.includes('__proto__'));
    fc.assert(fc.property(texts, (text) => isPlainJson(JSON.parse(JSON.stringify(JSON.parse(text))))));
  });
});
