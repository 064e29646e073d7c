import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveHeaders } from '../contract/headers.ts';
import { decodeEnvelope, encodeEnvelopeLine } from './envelope.ts';

const facts = { name: 'image.resize', createdAt: 5, enqueuedAt: 6, headers: {}, codec: '' };
const word = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);
const codec = fc.stringMatching(/^[A-Za-z0-9_.-]{1,32}$/);

test('an envelope decodes to what was encoded, whatever its headers and payload hold', () => {
  const envelopes = fc.record({
    name: word,
    createdAt: fc.maxSafeNat(),
    enqueuedAt: fc.maxSafeNat(),
    headers: fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
    codec: fc.oneof(fc.constant(''), codec),
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
  '1;;5;6;a b;\n',
  '1;;5;6;a\u0000;\n',
  '1;;5;6;ä;\n',
  `1;;5;6;${'a'.repeat(129)};\n`,
  '1;no codec;5;6;a;\n',
  `1;${'c'.repeat(33)};5;6;a;\n`,
])('%j is no envelope of this version', (text) => {
  expect(decodeEnvelope(Buffer.from(text))).toBeNull();
});

test('a line longer than any producer writes is no envelope, and is not parsed', () => {
  expect(decodeEnvelope(Buffer.from(`1;;5;6;a;{"x":"${'y'.repeat(65_536)}"}\n`))).toBeNull();
});

test('the longest headers that a producer may send fit', () => {
  const headers = resolveHeaders({ '\u0001': '\u0001'.repeat(8_191) });
  const line = encodeEnvelopeLine({ ...facts, name: 'a'.repeat(128), codec: 'c'.repeat(32), headers });
  expect(decodeEnvelope(Buffer.from(line))).toMatchObject({ headers });
});

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEnvelope(Buffer.from(bytes))));
  fc.assert(fc.property(fc.string(), (text) => void decodeEnvelope(Buffer.from(`1;;5;6;${text}\n`))));
});
