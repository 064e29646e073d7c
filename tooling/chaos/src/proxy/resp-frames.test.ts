import { describe, expect, it } from 'vitest';
import { FrameReader, readArguments } from './resp-frames.ts';

const values = [
  '+OK\r\n',
  '-ERR no\r\n',
  ':12\r\n',
  '$5\r\nhe\r\no\r\n',
  '$-1\r\n',
  '*-1\r\n',
  '*0\r\n',
  '*2\r\n$1\r\na\r\n*1\r\n:1\r\n',
  '%1\r\n+key\r\n*1\r\n#t\r\n',
  '>2\r\n+message\r\n$0\r\n\r\n',
  '|1\r\n+ttl\r\n:1\r\n*1\r\n+x\r\n',
  '_\r\n',
];

describe('FrameReader', () => {
  it('cuts a stream into the same values wherever it is torn', () => {
    const all = Buffer.from(values.join(''));
    for (const width of [1, 2, 3, 7, all.length]) {
      const reader = new FrameReader();
      const read: string[] = [];
      for (let at = 0; at < all.length; at += width)
        read.push(...reader.read(all.subarray(at, at + width)).map(String));
      expect(read, `torn every ${width} bytes`).toEqual(values);
    }
  });

  it('reads the arguments of a command, binary ones too', () => {
    const frame = Buffer.from('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\xff\x00\r\n', 'latin1');
    expect(readArguments(frame).map((each) => each.toString('latin1'))).toEqual(['SET', 'k', '\r\n\xff\x00']);
  });
});
