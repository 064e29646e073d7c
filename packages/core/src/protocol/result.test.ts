import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeResult, encodeResultLine } from './result.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);
const facts = fc.record({
  name: word,
  createdAt: fc.maxSafeNat(),
  enqueuedAt: fc.maxSafeNat(),
  startedAt: fc.maxSafeNat(),
  tries: fc.nat(),
  worker: word.map((label) => `${label}~AAAAAAAAAAAAAAAA`),
  codec: fc.oneof(fc.constant(''), word),
});

test('a result decodes to what was encoded', () => {
  fc.assert(
    fc.property(facts, fc.uint8Array(), (result, payload) => {
      const body = Buffer.concat([Buffer.from(encodeResultLine(result)), payload]);
      expect(decodeResult(body)).toEqual({ ...result, payload: Buffer.from(payload) });
    }),
  );
});

test.for([
  '',
  '1;;1;1;1;1;a;w',
  '2;;1;1;1;1;a;w\n',
  '1;;1;1;1;1;;w\n',
  '1;;x;1;1;1;a;w\n',
  '1;;1;1;1;1;a\n',
  '1;;1;1;1;1;a;w;x\n',
])('%j is no result of this version', (text) => {
  expect(decodeResult(Buffer.from(text))).toBeNull();
});

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeResult(Buffer.from(bytes))));
});
