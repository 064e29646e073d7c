import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeResultMessage } from './result-message.ts';

interface Part {
  readonly id: string;
  readonly value: Uint8Array | null;
}

function encode(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ id, value }) => [
      Buffer.from(`${id};${value === null ? '-' : value.length}\n`),
      value ?? Buffer.alloc(0),
    ]),
  );
}

test('a message is read result by result, with any bytes in the values', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,40}$/);
  fc.assert(
    fc.property(fc.array(fc.record({ id, value: fc.option(fc.uint8Array()) })), (parts) => {
      const expected = parts.map((part) => ({
        id: part.id,
        value: part.value === null ? null : Buffer.from(part.value),
      }));
      expect(decodeResultMessage(encode(parts))).toEqual(expected);
    }),
  );
});

test.for([
  'a;-5\n',
  'a;1e1\n0123456789',
  'a;0x1\nx',
  'a; 1\nx',
  'a;\n',
  ';-\n',
  ';1\nx',
  '-\n',
  '1\n',
  'a;9\nshort',
  'a;1',
])('after %j nothing is read any more', (broken) => {
  const message = Buffer.concat([encode([{ id: 'good', value: Buffer.from('x') }]), Buffer.from(broken)]);

  expect(decodeResultMessage(message)).toEqual([{ id: 'good', value: Buffer.from('x') }]);
});

test('no bytes make reading throw or go on for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeResultMessage(Buffer.from(bytes))),
  );
});
