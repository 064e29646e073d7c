import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeResult, encodeResult, finishedAtOf } from './result.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);
const codec = fc.stringMatching(/^[A-Za-z0-9_.-]{1,32}$/);
const facts = fc.record({
  name: word,
  createdAt: fc.maxSafeNat(),
  enqueuedAt: fc.maxSafeNat(),
  startedAt: fc.maxSafeNat(),
  finishedAt: fc.maxSafeNat().map((moment) => moment % 2 ** 42),
  tries: fc.nat(),
  codec: fc.oneof(fc.constant(''), codec),
});

test('a result decodes to what was encoded', () => {
  fc.assert(
    fc.property(facts, fc.uint8Array(), (result, payload) => {
      const body = Buffer.from(encodeResult(result, payload));
      expect(finishedAtOf(body)).toBe(result.finishedAt);
      expect(decodeResult({ worker: 'host~AAAA', body })).toEqual({
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
    tries: 1,
    codec: '',
  };

  expect(encodeResult(usual, '')).toBe('-----Emgreet;2;;6');
  expect(encodeResult(usual, '"hi"')).toBe('-----Emgreet;2;;6\n"hi"');
  expect(encodeResult({ ...usual, startedAt: 1_010 }, '')).toBe('-----Emgreet;9');
  expect(encodeResult({ ...usual, startedAt: 1_000, finishedAt: 1_000 }, '')).toBe('-----Ecgreet');
  expect(encodeResult({ ...usual, enqueuedAt: 1_005, tries: 2 }, '')).toBe('-----Emgreet;~1;4;6;1');
  expect(encodeResult({ ...usual, codec: 'msgpack' }, '')).toBe('-----Emgreet;2;;6;;msgpack');
});

test('bytes stay bytes', () => {
  const [at, payload] = [1_010, Buffer.from([1, 10, 255])];
  const result = {
    name: 'a',
    createdAt: at,
    enqueuedAt: at,
    startedAt: at,
    finishedAt: at,
    tries: 1,
    codec: '',
  };

  expect(encodeResult(result, payload)).toEqual(Buffer.concat([Buffer.from('-----Ema\n'), payload]));
});

function decode(text: string | Uint8Array): unknown {
  return decodeResult({ worker: 'host~AAAA', body: Buffer.from(text) });
}

test('fields that a later version appends are passed over', () => {
  expect(decode('-----0-a;0;2;1;;;new\n')).toMatchObject({ finishedAt: 64, createdAt: 58, name: 'a' });
});

test.for([
  '',
  '------0',
  '------0\n',
  '------0;1;2\n',
  '------0a b\n',
  '------0ä\n',
  '------0a;!\n',
  '------0a;;1.5\n',
  '------0a;;;;ä\n',
  '------0a;;;;;no codec\n',
  '~-----0a\n',
  '...  ..a\n',
])('%j is no result of this version', (text) => {
  expect(decode(text)).toBeNull();
});

test('a result that no worker wrote is none', () => {
  expect(decodeResult({ worker: null, body: Buffer.from('------0a') })).toBeNull();
});

test.for(['', 'soon', '------', 'a.b.c.dgreet', '~-----0greet'])(
  'nobody knows when %j was finished',
  (text) => {
    expect(finishedAtOf(Buffer.from(text))).toBeNull();
  },
);

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decode(bytes)));
});
