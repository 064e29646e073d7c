import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { SuperJSON } from 'superjson';
import { describe, expect, it } from 'vitest';
import { decodePayload, defaultCodec, encodePayload } from '../codec.ts';
import { PayloadNotEncodableError } from '../errors.ts';

function encode(value: unknown): string {
  return String(encodePayload(defaultCodec, value, 'value'));
}

function roundTrip(value: unknown): unknown {
  return decodePayload(defaultCodec, Buffer.from(encode(value)));
}

function refusalOf(value: unknown): PayloadNotEncodableError {
  try {
    encode(value);
  } catch (error) {
    if (error instanceof PayloadNotEncodableError) return error;
    throw error;
  }
  throw new Error('it was encoded');
}

const nested = (depth: number, core: unknown): unknown => (depth === 0 ? core : [nested(depth - 1, core)]);

describe('a value beyond JSON survives', () => {
  it.each([
    ['a Date', new Date(1_700_000_000_123)],
    [
      'a Map of what JSON has no keys for',
      new Map<unknown, unknown>([
        [new Date(0), 1],
        [{ a: 1n }, new Map([[1, undefined]])],
        ['x', [new Set([1n])]],
      ]),
    ],
    ['a Set', new Set<unknown>([1, 'a', undefined, new Set([new Date(5)]), { b: 2n }])],
    ['a BigInt', -123456789012345678901234567890n],
    ['a URL', new URL('https://x.test/a?b=c#d')],
    ['undefined inside', { a: undefined, b: [undefined, 1] }],
    ['NaN and the infinities', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['-0', { zero: -0 }],
    ['a Buffer', Buffer.from('hello')],
    ['an empty Buffer', Buffer.alloc(0)],
    ['an ArrayBuffer', Uint8Array.of(1, 2, 3).buffer],
    [
      'typed arrays',
      [
        Int8Array.of(-1),
        Uint8Array.of(1),
        Uint8ClampedArray.of(255),
        Int16Array.of(-300),
        Uint16Array.of(300),
        Int32Array.of(-7),
        Uint32Array.of(7),
      ],
    ],
    [
      'floats that JSON has no word for',
      [Float32Array.of(Number.NaN, 0.5), Float64Array.of(-0, Number.POSITIVE_INFINITY)],
    ],
    ['wide integers', [BigInt64Array.of(-(2n ** 63n)), BigUint64Array.of(2n ** 64n - 1n)]],
    [
      'keys with dots and backslashes',
      { 'a.b': 1n, 'a\\.b': { '': new Date(0) }, '\\': undefined, '.': 2n, 'ä.😀': 3n, '0': { '1': 4n } },
    ],
    ['a key named like a method', { toString: 1n, hasOwnProperty: new Date(0) }],
    ['equal BigInts and shared objects', [1n, 1n, ...twice({ at: new Date(0) })]],
    ['lone surrogates', ['\ud800', 1n]],
    ['an empty Map in a Map', new Map([[new Map(), new Set()]])],
    ['100 levels', nested(99, [1n])],
  ])('%s', (_what, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('a view into a larger buffer, alone', () => {
    const view = new Uint16Array(Uint16Array.of(1, 2, 3, 4).buffer, 2, 2);
    expect(roundTrip([view])).toEqual([Uint16Array.of(2, 3)]);
  });

  it('a Map and a Set as what they are, not as a subclass check says', () => {
    const back = roundTrip({ map: new Map([['k', 1]]), bytes: Buffer.from('x') }) as {
      map: unknown;
      bytes: unknown;
    };
    expect(back.map).toBeInstanceOf(Map);
    expect(Buffer.isBuffer(back.bytes)).toBe(true);
  });

  it('a hole in a list, as undefined', () => {
    const holed = [1, 2, 3];
    delete holed[1];
    expect(roundTrip(holed)).toStrictEqual([1, undefined, 3]);
  });

  it('plain values of another realm, as under a test runner with contexts', () => {
    expect(roundTrip(runInNewContext('({ list: [1, { a: undefined }] })'))).toStrictEqual({
      list: [1, { a: undefined }],
    });
    expect(encode(runInNewContext('({ list: [1] })'))).toBe('{"list":[1]}');
    expect(roundTrip(runInNewContext('new TypeError("x")'))).toMatchObject({
      name: 'TypeError',
      message: 'x',
    });
  });

  it('whatever fast-check builds of such parts, in the format that superjson reads', () => {
    const reader = new SuperJSON({ dedupe: false });
    const leaf = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.webUrl().map((url) => new URL(url)),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
        fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
        fc.array(tie('tree'), { maxLength: 4 }).map((items) => new Set(items)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = encode(value);
        const back = decodePayload(defaultCodec, Buffer.from(text));
        expect(back).toStrictEqual(value);
        if (text.startsWith('~')) expect(reader.parse(text.slice(1))).toStrictEqual(value);
      }),
      { numRuns: 400 },
    );
  });
});

const keys = fc
  .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a.b', '\\', '\\.', '.', '', '0', 'length', 'toJSON'))
  .filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key));

describe('an error inside a value', () => {
  it('comes back as an Error with name, message, code and cause', () => {
    class QuotaError extends RangeError {
      override readonly name = 'QuotaError';
      readonly code = 'QUOTA';
      readonly limit = 5;
    }
    const [back] = roundTrip([new QuotaError('full', { cause: new Map([['at', new Date(0)]]) })]) as [Error];
    expect(Object.getPrototypeOf(back)).toBe(Error.prototype);
    expect(back).toMatchObject({
      name: 'QuotaError',
      message: 'full',
      code: 'QUOTA',
      cause: new Map([['at', new Date(0)]]),
    });
    expect('limit' in back).toBe(false);
    expect(back.stack).toBe('QuotaError: full');
  });

  it('has no code and no cause when it had none', () => {
    const [back] = roundTrip([new Error('plain')]) as [Error];
    expect(back).toEqual(new Error('plain'));
    expect('code' in back).toBe(false);
    expect('cause' in back).toBe(false);
  });

  it('has texts only, whatever it had', () => {
    const odd = Object.assign(new Error('x'), { code: 42, name: { toString: () => 'boom' } });
    expect(roundTrip([odd])).toMatchObject([{ name: 'Error', message: 'x' }]);
    expect('code' in (roundTrip([odd]) as [Error])[0]).toBe(false);
  });
});

describe('a value that would not arrive as it was sent is refused with its path', () => {
  class Point {
    readonly x = 1;
  }
  const cycle: Record<string, unknown> = { a: [] };
  (cycle['a'] as unknown[]).push({ back: cycle });
  const mapCycle = new Map<string, unknown>();
  mapCycle.set('self', mapCycle);

  it.each<[what: string, value: unknown, path: string, reason: RegExp]>([
    ['a function', { user: { callback: () => 1 } }, 'value.user.callback', /function/],
    ['a symbol', [[Symbol('s')]], 'value[0][0]', /symbol/],
    ['a class instance', { p: new Point() }, 'value.p', /an instance of Point would lose its class/],
    ['an instance of an anonymous class', { p: new (class {})() }, 'value.p', /an instance of/],
    ['a subclass of Map', [new (class Index extends Map {})()], 'value[0]', /an instance of Index/],
    ['a subclass of Array', [new (class List extends Array {})()], 'value[0]', /an instance of List/],
    ['a boxed text', [new String('x')], 'value[0]', /an instance of String/],
    ['a RegExp', { pattern: /x/ }, 'value.pattern', /RegExp/],
    ['a promise', [Promise.resolve(1)], 'value[0]', /await it first/],
    ['a WeakMap', [new WeakMap()], 'value[0]', /WeakMap/],
    ['a DataView', [new DataView(new ArrayBuffer(1))], 'value[0]', /DataView/],
    ['shared memory', [new SharedArrayBuffer(1)], 'value[0]', /SharedArrayBuffer/],
    ['an invalid Date', { at: new Date(Number.NaN) }, 'value.at', /invalid Date/],
    ['a cycle', cycle, 'value.a[0].back', /contains itself/],
    ['a cycle through a Map', [mapCycle], 'value[0].values()[0]', /contains itself/],
    ['an error that causes itself', [selfCaused()], 'value[0].cause', /contains itself/],
    ['101 levels', nested(101, 1), `value${'[0]'.repeat(100)}`, /deeper than 100/],
    [
      'a Map at the 100th level, which takes two',
      nested(99, new Map()),
      `value${'[0]'.repeat(99)}`,
      /deeper than 100/,
    ],
    ['a BigInt of 1001 digits', [10n ** 1_000n], 'value[0]', /1000 digits/],
    ['an own __proto__', { a: JSON.parse('{"__proto__":{"polluted":1}}') }, 'value.a.__proto__', /rename it/],
    [
      'a key named constructor beside a Date',
      { f1: { constructor: 'Lotus' }, at: new Date(0) },
      'value.f1.constructor',
      /plain JSON/,
    ],
    ["something in a Map's key", new Map([[() => 1, 1]]), 'value.keys()[0]', /function/],
    ['something in a Set', new Set([1, () => 1]), 'value.values()[1]', /function/],
    ["something in an error's cause", [new Error('x', { cause: () => 1 })], 'value[0].cause', /function/],
    ['something under a key that is no word', { 'a b': [() => 1] }, 'value["a b"][0]', /function/],
    ['an own toJSON', { toJSON: () => 1 }, 'value.toJSON', /function/],
    ["a prototype of the user's", Object.create({ inherited: 1 }), 'value', /would lose its class/],
  ])('%s', (_what, value, path, reason) => {
    expect(refusalOf(value)).toMatchObject({
      code: 'Q_NOT_ENCODABLE',
      path,
      reason: expect.stringMatching(reason),
    });
  });

  it('and keys named constructor travel in plain JSON', () => {
    expect(roundTrip({ constructor: 'Lotus', prototype: 1 })).toEqual({ constructor: 'Lotus', prototype: 1 });
  });
});

describe('code of the user that runs while a value is read never throws raw', () => {
  const boom = new Error('boom');
  const thrower = (): never => {
    throw boom;
  };

  it.each<[what: string, value: unknown, path: string]>([
    [
      'a getter',
      [
        {
          get x() {
            return thrower();
          },
        },
      ],
      'value[0].x',
    ],
    [
      'a getter beside a Date',
      [
        new Date(0),
        {
          get x() {
            return thrower();
          },
        },
      ],
      'value[1].x',
    ],
    ['a proxy that denies its prototype', [new Proxy({}, { getPrototypeOf: thrower })], 'value[0]'],
    ['a proxy that denies its keys', { p: new Proxy({ a: 1 }, { ownKeys: thrower }) }, 'value.p'],
    ['a proxy that denies its values', { p: new Proxy({ a: 1 }, { get: thrower }) }, 'value.p.a'],
    ['a list that denies its items', [new Proxy([1], { get: thrower })], 'value[0]'],
    [
      'an error with a getter',
      [Object.defineProperty(new Error('x'), 'message', { get: thrower })],
      'value[0].message',
    ],
    [
      'an instance whose class denies its name',
      [
        Object.create({
          get constructor() {
            return thrower();
          },
        }),
      ],
      'value[0]',
    ],
    ['a Date that is a proxy', [new Proxy(new Date(0), {})], 'value[0]'],
    ['a Map that is a proxy', [new Proxy(new Map(), {})], 'value[0]'],
    ['what only looks like bytes', [Object.create(ArrayBuffer.prototype)], 'value[0]'],
  ])('%s', (_what, value, path) => {
    const refusal = refusalOf(value);
    expect(refusal.path).toBe(path);
    expect(refusal.cause).toBeDefined();
  });

  it('even when what it throws is a trap itself', () => {
    const trap = new Proxy({}, { getPrototypeOf: thrower, get: thrower });
    const refusal = refusalOf([
      {
        get x() {
          throw trap;
        },
      },
    ]);
    expect(refusal.path).toBe('value[0].x');
  });

  it('and a revoked proxy is refused', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusalOf({ p: proxy }).path).toBe('value.p');
  });

  it('and a toJSON of a class is never called', () => {
    class Money {
      toJSON(): never {
        throw boom;
      }
    }
    expect(refusalOf([new Money()]).cause).toBeUndefined();
  });

  it('and what a getter answers twice differently is read once', () => {
    let reads = 0;
    const shifty = {
      get x() {
        reads += 1;
        return reads === 1 ? new Date(0) : () => 1;
      },
      at: new Date(0),
    };
    expect(() => encode(shifty)).toThrow(PayloadNotEncodableError);
    reads = -1;
    expect(roundTrip(shifty)).toEqual({ x: new Date(0), at: new Date(0) });
  });
});

function twice(value: unknown): [unknown, unknown] {
  return [value, value];
}

function selfCaused(): Error {
  const error = new Error('x');
  error.cause = error;
  return error;
}
