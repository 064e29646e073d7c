import { describe, expect, it } from 'vitest';
import { maxPayloadBytes } from './codec/limits.ts';
import { type Codec, decodePayload, defaultCodec, encodePayload, requireCodec } from './codec.ts';
import {
  ConfigError,
  PayloadMalformedError,
  PayloadNotEncodableError,
  PayloadTooLargeError,
} from './errors.ts';

const own: Codec = {
  id: 'own',
  encode: (value) => JSON.stringify(value),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
};
const failing = new Error('boom');
const broken: Codec = {
  id: 'broken',
  encode: () => {
    throw failing;
  },
  decode: () => {
    throw failing;
  },
};

describe('a payload', () => {
  it('is plain JSON where that is enough, marked superjson elsewhere, and no bytes for undefined', () => {
    expect(encodePayload(defaultCodec, [1, 'a', { b: null }], 'args')).toBe('[1,"a",{"b":null}]');
    expect(encodePayload(defaultCodec, [1n], 'args')).toBe(
      '~{"json":["1"],"meta":{"values":{"0":["bigint"]},"v":1}}',
    );
    expect(encodePayload(defaultCodec, undefined, 'result')).toBe('');
    expect(decodePayload(defaultCodec, new Uint8Array())).toBeUndefined();
  });

  it('may have exactly the limit, in bytes', () => {
    expect(encodePayload(defaultCodec, 'x'.repeat(maxPayloadBytes - 2), 'args')).toHaveLength(
      maxPayloadBytes,
    );
    for (const tooLong of [
      'x'.repeat(maxPayloadBytes - 1),
      'ä'.repeat(maxPayloadBytes / 2),
      '\0'.repeat(maxPayloadBytes / 5),
      'x'.repeat(2 * maxPayloadBytes),
    ]) {
      const error = caught(() => encodePayload(defaultCodec, tooLong, 'args'));
      expect(error).toBeInstanceOf(PayloadTooLargeError);
      expect(error).toMatchObject({
        limit: maxPayloadBytes,
        message: expect.stringMatching(/^args takes \d+ bytes or more/),
      });
      expect((error as PayloadTooLargeError).bytes).toBeGreaterThan(maxPayloadBytes);
    }
  });

  it('is held to the limit whatever the codec', () => {
    expect(() =>
      encodePayload({ ...own, encode: () => new Uint8Array(maxPayloadBytes + 1) }, 1, 'args'),
    ).toThrow(PayloadTooLargeError);
    expect(encodePayload({ ...own, encode: () => new Uint8Array(maxPayloadBytes) }, 1, 'args')).toHaveLength(
      maxPayloadBytes,
    );
  });

  it('that unfolds from a small graph into an endless text is refused at once', () => {
    let graph: unknown = 'x'.repeat(1_000);
    for (let depth = 0; depth < 60; depth += 1) graph = [graph, graph];
    expect(() => encodePayload(defaultCodec, graph, 'args')).toThrow(PayloadTooLargeError);
    expect(() => encodePayload(defaultCodec, [1n, graph], 'args')).toThrow(PayloadTooLargeError);
    expect(() => encodePayload(defaultCodec, new Array(2 ** 32 - 1), 'args')).toThrow(PayloadTooLargeError);
  });

  it('that cannot be encoded is refused with the path from the name of the value', () => {
    expect(
      caught(() => encodePayload(defaultCodec, [{ user: { callback: () => 1 } }], 'args')),
    ).toMatchObject({ path: 'args[0].user.callback' });
    expect(caught(() => encodePayload(defaultCodec, { f: () => 1 }, 'result'))).toMatchObject({
      path: 'result.f',
    });
    expect(caught(() => encodePayload(defaultCodec, Symbol('s'), 'result'))).toMatchObject({
      path: 'result',
    });
  });

  it('that a codec of the user fails on is refused with the cause', () => {
    expect(caught(() => encodePayload(broken, 1, 'args'))).toMatchObject({
      code: 'Q_NOT_ENCODABLE',
      path: 'args',
      cause: failing,
    });
    expect(caught(() => decodePayload(broken, Buffer.from('1')))).toMatchObject({
      code: 'Q_MALFORMED',
      cause: failing,
    });
    expect(() => encodePayload({ ...own, encode: () => Promise.resolve('1') as never }, 1, 'args')).toThrow(
      'codec "own" returned neither a text nor bytes',
    );
    expect(() => encodePayload(own, undefined, 'args')).toThrow(PayloadNotEncodableError);
  });

  it('keeps the cause of what a getter threw', () => {
    const cause = new Error('lazy');
    const error = caught(() =>
      encodePayload(
        defaultCodec,
        [
          {
            get late() {
              throw cause;
            },
          },
        ],
        'args',
      ),
    );
    expect(error).toMatchObject({ code: 'Q_NOT_ENCODABLE', path: 'args[0].late', cause });
  });
});

describe('reading a payload', () => {
  const read = (text: string | Uint8Array) => defaultCodec.decode(Buffer.from(text as string));

  it.each([
    ['nothing but a mark', '~'],
    ['half a text', '{"a":'],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['more bytes than a payload may have', `"${'x'.repeat(maxPayloadBytes)}"`],
    ['a key that changes classes', '{"a":[{"__proto__":{"polluted":1}}]}'],
    ['the same key, spelled otherwise', '{"\\u005f_proto__":{"polluted":1}}'],
    ['101 levels', '['.repeat(101) + ']'.repeat(101)],
    ['half a million levels', '['.repeat(500_000) + ']'.repeat(500_000)],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(PayloadMalformedError);
  });

  it('never quotes the bytes it refuses, nor keeps the parser that does', () => {
    const error = caught(() => read('{"card": 4111x'));
    expect(error).toBeInstanceOf(PayloadMalformedError);
    expect((error as Error).message).not.toContain('4111');
    expect('cause' in (error as Error)).toBe(false);
  });

  it('takes 100 levels', () => {
    expect(read('['.repeat(100) + ']'.repeat(100))).toBeInstanceOf(Array);
  });
});

describe('a codec', () => {
  it('of the user needs an id of its own and both functions', () => {
    expect(requireCodec(own)).toBe(own);
    expect(requireCodec(defaultCodec)).toBe(defaultCodec);
    for (const wrong of [
      { ...own, id: 'q' },
      { ...own, id: 'a;b' },
      { ...own, id: '' },
      { ...own, id: undefined },
      { id: 'x' },
      null,
      'json',
    ]) {
      expect(() => requireCodec(wrong as never)).toThrow(ConfigError);
    }
  });
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
