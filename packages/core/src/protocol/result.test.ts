import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeResult, encodeResultLine } from './result.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);
const codec = fc.stringMatching(/^[A-Za-z0-9_.-]{1,32}$/);
const facts = fc.record({
  name: word,
  createdAt: fc.maxSafeNat(),
  enqueuedAt: fc.maxSafeNat(),
  startedAt: fc.maxSafeNat(),
  finishedAt: fc.maxSafeNat(),
  tries: fc.nat(),
  codec: fc.oneof(fc.constant(''), codec),
});

test('a result decodes to what was encoded', () => {
  fc.assert(
    fc.property(facts, fc.uint8Array(), (result, payload) => {
      const body = Buffer.concat([Buffer.from(encodeResultLine(result)), payload]);
      const finished = { finishedAt: result.finishedAt, worker: 'host~AAAA', body };
      expect(decodeResult(finished)).toEqual({
        ...result,
        worker: 'host~AAAA',
        payload: Buffer.from(payload),
      });
    }),
  );
});

test('moments are written as distances, and what is usual is not written', () => {
  const usual = {
    name: 'greet',
    createdAt: 1_000,
    enqueuedAt: 1_000,
    startedAt: 1_003,
    finishedAt: 1_010,
    codec: '',
  };

  expect(encodeResultLine({ ...usual, tries: 1 })).toBe(';;3;7;;greet\n');
  expect(encodeResultLine({ ...usual, enqueuedAt: 1_005, tries: 2 })).toBe(';5;-2;7;2;greet\n');
});

function decode(text: string | Uint8Array): unknown {
  return decodeResult({ finishedAt: 10, worker: 'host~AAAA', body: Buffer.from(text) });
}

test('fields that a later version appends are passed over', () => {
  expect(decode(';1;2;3;;a;new\n')).toMatchObject({ createdAt: 4, name: 'a' });
});

test.for(['', ';1;1;1;1;a', ';1;1;1;1;\n', ';x;1;1;1;a\n', ';1;1;1.5;1;a\n', ';1;1;1;x;a\n', ';1;1;1;1\n'])(
  '%j is no result of this version',
  (text) => {
    expect(decode(text)).toBeNull();
  },
);

test('a result that no worker wrote is none', () => {
  expect(decodeResult({ finishedAt: 10, worker: null, body: Buffer.from(';1;1;1;1;a\n') })).toBeNull();
});

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decode(bytes)));
});

test.for([';1;2;3;;;\n', ';1;2;3;;a b;\n', ';1;2;3;;ä;\n', 'no codec;1;2;3;;a;\n', ';x;2;3;;a;\n', ';1;2;3'])(
  '%j is no result of this version',
  (text) => {
    expect(decode(text)).toBeNull();
  },
);
