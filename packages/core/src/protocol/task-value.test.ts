import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTaskValue, encodeTaskValue } from './task-value.ts';

const header = { state: 'q', lockMode: '', nonce: '', lock: '', ttl: 300_000 } as const;
const facts = { name: 'greet', createdAt: 1, enqueuedAt: 2, headers: {}, codec: '' };

test('text stays text and bytes stay bytes', () => {
  expect(encodeTaskValue(header, facts, '[]')).toBe('q;;;;;;\n1;;1;1;greet;\n[]');
  expect(encodeTaskValue(header, facts, Buffer.from([1, 10, 255]))).toEqual(
    Buffer.concat([Buffer.from('q;;;;;;\n1;;1;1;greet;\n'), Buffer.from([1, 10, 255])]),
  );
});

test('a waiting task is its header and its envelope', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (payload) => {
      const value = decodeTaskValue(Buffer.from(encodeTaskValue(header, facts, payload)));
      expect(value).toMatchObject({
        kind: 'pending',
        ...header,
        envelope: { name: 'greet', payload: Buffer.from(payload) },
      });
    }),
  );
});

test('a waiting task with bytes that are no envelope is malformed, not unknown', () => {
  expect(decodeTaskValue(Buffer.from('q;;;;;;\nrubbish'))).toMatchObject({ kind: 'pending', envelope: null });
});

test.for([
  ['host~AAAA|7', 'host~AAAA'],
  ['a|b|7', 'a|b'],
  ['', null],
])('the tag %j is of worker %j', ([tag, worker]) => {
  const value = decodeTaskValue(Buffer.from(`a;${tag};;;1700000000000;;\nbody`));

  expect(value).toMatchObject({ kind: 'finished', worker, body: Buffer.from('body') });
});

test('a result was finished when its line says, and without one when it could not be read any more', () => {
  const bytes = (text: string): unknown => decodeTaskValue(Buffer.from(text));

  expect(bytes('+;w~1|7;;90\n-----0-greet\n"hi"')).toMatchObject({ worker: 'w~1', finishedAt: 64 });
  expect(bytes('+;w~1|7;;90\n')).toMatchObject({ finishedAt: 90, readableUntil: 90 });
  expect(bytes('+;w~1|7\n')).toBeNull();
});

test.for(['', 'no line end', 'x;;\n', 'a;;;;never;;\n', '+;w~1|7\nnever greet\n'])(
  '%j is no task',
  (text) => {
    expect(decodeTaskValue(Buffer.from(text))).toBeNull();
  },
);

test('no bytes make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeTaskValue(Buffer.from(bytes))));
  fc.assert(
    fc.property(
      fc.constantFrom(...'qd+-aepcurm'),
      fc.string(),
      (first, rest) => void decodeTaskValue(Buffer.from(`${first}${rest}\n`)),
    ),
  );
});
