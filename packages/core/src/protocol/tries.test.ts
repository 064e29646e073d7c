import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTries, encodeTries, noTries } from './tries.ts';

const records = fc.record({
  tries: fc.nat(),
  attempts: fc.nat(),
  crashes: fc.nat(),
  firstUnknownAt: fc.option(fc.maxSafeNat()),
});

test('a record decodes to what was encoded, with or without the tag that a script appends', () => {
  fc.assert(
    fc.property(records, (record) => {
      expect(decodeTries(encodeTries(record))).toEqual(record);
      expect(decodeTries(`${encodeTries(record)},host~AAAA|7`)).toEqual(record);
    }),
  );
});

test('a task that nobody has held has a record of zeros', () => {
  expect(encodeTries(noTries)).toBe('0,0,0,');
  expect(Object.isFrozen(noTries)).toBe(true);
});
