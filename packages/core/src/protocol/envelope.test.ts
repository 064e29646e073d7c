import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEnvelope, encodeEnvelopeLine } from './envelope.ts';

const facts = { name: 'image.resize', createdAt: 5, enqueuedAt: 6, headers: {}, codec: '' };
const word = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);

test('an envelope decodes to what was encoded, whatever its headers and payload hold', () => {
  const envelopes = fc.record({
    name: word,
    createdAt: fc.maxSafeNat(),
    enqueuedAt: fc.maxSafeNat(),
    headers: fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
    codec: fc.oneof(fc.constant(''), word),
  });
  fc.assert(
    fc.property(envelopes, fc.uint8Array(), (envelope, payload) => {
      const line = encodeEnvelopeLine(envelope);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const decoded = decodeEnvelope(Buffer.concat([Buffer.from(line), payload]));
      expect({ ...decoded, headers: { ...decoded?.headers } }).toEqual({
        ...envelope,
        headers: { ...envelope.headers },
        payload: Buffer.from(payload),
      });
    }),
  );
});

test('an envelope without headers spends no byte on them', () => {
  expect(encodeEnvelopeLine(facts)).toBe('1;;5;1;image.resize;\n');
});

test('an envelope that is sent at once spends no byte on when', () => {
  expect(encodeEnvelopeLine({ ...facts, enqueuedAt: 5 })).toBe('1;;5;;image.resize;\n');
});

test('a header called __proto__ is a header like any other', () => {
  const decoded = decodeEnvelope(Buffer.from('1;;5;6;a;{"__proto__":"x"}\n'));

  expect(Object.entries(decoded?.headers ?? {})).toEqual([['__proto__', 'x']]);
  expect(Object.prototype).not.toHaveProperty('x');
});

test.for([
  '',
  '1;;5;6;a;',
  '2;;5;6;a;\n',
  '1;;5;6;;\n',
  '1;;5;6\n',
  '1;;soon;6;a;\n',
  '1;;-1;6;a;\n',
  '1;;5;1.5;a;\n',
  '1;;5;6;a;{\n',
  '1;;5;6;a;[]\n',
  '1;;5;6;a;null\n',
  '1;;5;6;a;{"x":1}\n',
])('%j is no envelope of this version', (text) => {
  expect(decodeEnvelope(Buffer.from(text))).toBeNull();
});

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEnvelope(Buffer.from(bytes))));
  fc.assert(fc.property(fc.string(), (text) => void decodeEnvelope(Buffer.from(`1;;5;6;${text}\n`))));
});
