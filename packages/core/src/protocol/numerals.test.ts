import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMoment, decodeNumber, encodeMoment, encodeNumber } from './numerals.ts';

test('a number decodes to what was encoded', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(decodeNumber(encodeNumber(value))).toBe(value);
    }),
  );
});

test('a digit stands for 64 times the one behind it', () => {
  expect([0, 1, 63, 64, -1, -65].map(encodeNumber)).toEqual(['-', '0', 'z', '0-', '~0', '~00']);
});

test('a moment has seven digits, and may be one that was just written', () => {
  const moments = [0, 1, 1_700_000_000_000, 1_700_000_000_000, 2 ** 42 - 1];
  const texts = moments.map(encodeMoment);

  expect(texts).toEqual(['-------', '------0', 'NjEtLV-', 'NjEtLV-', 'zzzzzzz']);
  expect(texts.map(decodeMoment)).toEqual(moments);
});

test.for(['0', '------', '--------', '~------', '------.'])('%j is no moment', (text) => {
  expect(decodeMoment(text)).toBeNaN();
});

test.for(['', '~', '1.5', '+1', '~~1', '1 ', 'ä'])('%j is no number', (text) => {
  expect(decodeNumber(text)).toBeNaN();
});
