import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeFinishedHeader,
  decodePendingHeader,
  defaultTtl,
  encodePendingHeader,
  encodeResultHeader,
  isFinishCode,
} from './header.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_-]{0,22}$/);

test('the header of a plain task is seven bytes and a line end', () => {
  const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: defaultTtl } as const;

  expect(encodePendingHeader(header)).toBe('q;;;;;;\n');
});

test('a header decodes to what was encoded', () => {
  const headers = fc.record({
    state: fc.constantFrom('q' as const, 'd' as const),
    nonce: word,
    ttl: fc.option(fc.nat(10 ** 12)),
    locked: fc.constantFrom(
      { lockMode: '', lock: '' } as const,
      { lockMode: 'u', lock: 'abc' } as const,
      { lockMode: 's', lock: 'abc' } as const,
    ),
  });
  fc.assert(
    fc.property(headers, ({ locked, ...rest }) => {
      const header = { ...rest, ...locked };
      const line = encodePendingHeader(header);
      expect(line.endsWith('\n')).toBe(true);
      expect(decodePendingHeader(line.slice(0, -1))).toEqual(header);
    }),
  );
});

test('only a lifetime other than the default is written', () => {
  const header = { state: 'd', lockMode: '', nonce: 'n', lock: '' } as const;

  expect(encodePendingHeader({ ...header, ttl: defaultTtl })).toBe('d;;n;;;;\n');
  expect(encodePendingHeader({ ...header, ttl: 0 })).toBe('d;;n;;;;;0\n');
  expect(encodePendingHeader({ ...header, ttl: null })).toBe('d;;n;;;;;-\n');
});

test.for(['', 'x;;;;;;', 'w;;;;;;', 'qq;;;;;;', 'qx;;;;;;', 'du2;;;;;;'])(
  '%j is no header of a waiting task',
  (line) => {
    expect(decodePendingHeader(line)).toBeNull();
  },
);

test.for(['soon', '-1', '1.5', '1e9', '99999999999999999', 'NaN'])(
  'a lifetime of %j counts as the default, as in scripts',
  (ttl) => {
    expect(decodePendingHeader(`q;;;;;;;${ttl}`)?.ttl).toBe(defaultTtl);
  },
);

test('a finished header names who ended the task, until when it may be read, and its tries', () => {
  expect(decodeFinishedHeader('c;host~AAAA|7;nonce;1700000300000;1700000000000;;2')).toEqual({
    code: 'c',
    tag: 'host~AAAA|7',
    nonce: 'nonce',
    readableUntil: 1_700_000_300_000,
    finishedAt: 1_700_000_000_000,
    cause: '',
    tries: 2,
  });
  expect(decodeFinishedHeader('a;;;;1700000000000;;')).toMatchObject({
    tag: '',
    readableUntil: null,
    finishedAt: 1_700_000_000_000,
    tries: 0,
  });
});

test('the header of a result names who ended the task, and nothing that its line says', () => {
  expect(decodeFinishedHeader('-;host~AAAA|7')).toEqual({
    code: '-',
    tag: 'host~AAAA|7',
    nonce: '',
    readableUntil: null,
    finishedAt: null,
    cause: '',
    tries: 0,
  });
});

test('a result names its readers a last moment only when its key outlives it', () => {
  const header = { code: '+', tag: 'host~AAAA|7', nonce: 'n', finishedAt: 1_000 } as const;

  expect(encodeResultHeader({ ...header, ttl: 59_999 })).toBe('+;host~AAAA|7;n;60999\n');
  expect(encodeResultHeader({ ...header, ttl: 0 })).toBe('+;host~AAAA|7;n;1000\n');
  expect(encodeResultHeader({ ...header, ttl: 60_000 })).toBe('+;host~AAAA|7;n\n');
  expect(encodeResultHeader({ ...header, ttl: null })).toBe('+;host~AAAA|7;n\n');
  expect(encodeResultHeader({ ...header, nonce: '', ttl: 0 })).toBe('+;host~AAAA|7;;1000\n');
  expect(encodeResultHeader({ ...header, nonce: '', ttl: null })).toBe('+;host~AAAA|7\n');
  expect(decodeFinishedHeader('+;host~AAAA|7;n;60999')).toEqual({
    ...header,
    finishedAt: null,
    readableUntil: 60_999,
    cause: '',
    tries: 0,
  });
});

test.for(['', 'q;;;;1;;', '+', '-;', '+;;n;1', 'a;;;;soon;;', 'a;w~1|7', '++;;;;1;;'])(
  '%j is no header of a finished task',
  (line) => {
    expect(decodeFinishedHeader(line)).toBeNull();
  },
);

test('nine codes end a task, and nothing else does', () => {
  const codes = Array.from({ length: 256 }, (_, at) => String.fromCharCode(at)).filter(isFinishCode);

  expect(codes.toSorted()).toEqual(
    [...'+-acemepru'].filter((code, at, all) => all.indexOf(code) === at).toSorted(),
  );
  expect(isFinishCode('')).toBe(false);
  expect(isFinishCode('+-')).toBe(false);
});
