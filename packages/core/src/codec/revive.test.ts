import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultCodec } from '../codec.ts';
import { PayloadMalformedError } from '../errors.ts';

const read = (text: string): unknown => defaultCodec.decode(Buffer.from(`~${text}`));
const body = (json: unknown, values: unknown, more: object = {}): string =>
  JSON.stringify({ json, meta: { values, v: 1, ...more } });

const builtIns = [Object, Array, Map, Set, Date, Error, Function, URL, Uint8Array].flatMap((made) => [
  made,
  made.prototype,
]);
const before = builtIns.map((made) => Reflect.ownKeys(made));

afterEach(() => {
  expect(
    builtIns.map((made) => Reflect.ownKeys(made)),
    'a built-in was polluted',
  ).toEqual(before);
});

/** Deeper than any stack, and too deep for JSON.stringify too. */
function deep(open: string, core: string, close: string, depth: number): string {
  return open.repeat(depth) + core + close.repeat(depth);
}

describe('a hostile payload is refused, and pollutes nothing', () => {
  const polluting = [
    '__proto__',
    'constructor',
    'prototype',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    'a.__proto__.polluted',
    'a.constructor.prototype.polluted',
  ];

  it.each(
    polluting.flatMap(
      (path) =>
        [
          [path, ['undefined']],
          [path, ['set']],
          [path, ['Error']],
        ] as const,
    ),
  )('path %s as %j', (path, node) => {
    // As text: an object literal would take __proto__ for a prototype.
    expect(() =>
      read(
        `{"json":{"a":{"b":null}},"meta":{"values":{${JSON.stringify(path)}:${JSON.stringify(node)}},"v":1}}`,
      ),
    ).toThrow(PayloadMalformedError);
    expect(() => read(body([{ a: [] }], { [`0.${path}`]: node }))).toThrow(PayloadMalformedError);
  });

  it.each<[what: string, text: string]>([
    [
      'an own __proto__ in the value',
      '{"json":{"__proto__":{"polluted":1},"a":null},"meta":{"values":{"a":["undefined"]},"v":1}}',
    ],
    ['an own __proto__ in the body', '{"json":1,"__proto__":{"meta":{"values":["undefined"],"v":1}}}'],
    [
      'an own __proto__ in the annotations',
      '{"json":{"a":null},"meta":{"values":{"__proto__":{"a":["undefined"]}},"v":1}}',
    ],
    ['101 levels', `{"json":${deep('[', 'null', ']', 101)},"meta":{"values":{"0":["set"]},"v":1}}`],
    ['100,000 levels', `{"json":${deep('[', 'null', ']', 100_000)},"meta":{"values":{"0":["set"]},"v":1}}`],
    [
      '100,000 levels of annotations',
      `{"json":[null],"meta":{"values":${deep('["set",{"0":', '["undefined"]', '}]', 50_000)},"v":1}}`,
    ],
    ['a path of 300,000 steps', body([[[]]], { [`0.${'0.'.repeat(300_000)}0`]: ['undefined'] })],
    ['a path of 300,000 escapes', body([[[]]], { ['\\.'.repeat(300_000)]: ['undefined'] })],
  ])('%s', (_what, text) => {
    expect(() => read(text)).toThrow(PayloadMalformedError);
  });

  it.each<[what: string, json: unknown, values: unknown]>([
    ['a class', { x: 1 }, [['class', 'Date']]],
    ['a class inside', [{ x: 1 }], { 0: [['class', 'Object']] }],
    ['a class with the name of a custom type', ['Buffer:AAAA'], { 0: [['class', 'binary']] }],
    ['a symbol', ['s'], { 0: [['symbol', 's']] }],
    ['a RegExp', ['/(a+)+$/'], { 0: ['regexp'] }],
    ['an unknown custom type', ['x'], { 0: [['custom', 'other']] }],
    ["a typed array in superjson's own form", [[1]], { 0: [['typed-array', 'Uint8Array']] }],
    ['bytes of an unknown kind', ['Function:AAAA'], { 0: [['custom', 'binary']] }],
    ['bytes of a kind on the prototype', ['toString:AAAA'], { 0: [['custom', 'binary']] }],
    ['bytes that are no base64', ['Buffer:*'], { 0: [['custom', 'binary']] }],
    ['bytes without a kind', ['AAAA'], { 0: [['custom', 'binary']] }],
    ['bytes that do not fill an element', ['Uint32Array:AAAA'], { 0: [['custom', 'binary']] }],
    ['an unknown type', ['x'], { 0: ['Function'] }],
    ['a type on the prototype', ['x'], { 0: ['constructor'] }],
    ['no type', ['x'], { 0: [] }],
    ['a type too many', ['x'], { 0: ['Date', {}, {}] }],
    ['annotations that are a text', ['x'], 'Date'],
    ['annotations that are null', ['x'], null],
    ['a node that is no list', ['x'], { 0: { type: 'Date' } }],
    ['inner annotations that are no object', [[1]], { 0: ['set', [1]] }],
    ['a BigInt of 1001 digits', ['9'.repeat(1_001)], { 0: ['bigint'] }],
    ['a BigInt of half a million digits', ['9'.repeat(500_000)], { 0: ['bigint'] }],
    ['a BigInt in hexadecimal', ['0xff'], { 0: ['bigint'] }],
    ['a BigInt of nothing', [''], { 0: ['bigint'] }],
    ['a BigInt of a number', [5], { 0: ['bigint'] }],
    ['a Date of nonsense', ['soon'], { 0: ['Date'] }],
    ['a Date of a number', [5], { 0: ['Date'] }],
    ['undefined of something', [{ secret: 1 }], { 0: ['undefined'] }],
    ['a number of an ordinary text', ['5'], { 0: ['number'] }],
    ['a number of a long text', [`0x${'f'.repeat(1_000)}`], { 0: ['number'] }],
    ['a URL of nonsense', ['not a url'], { 0: ['URL'] }],
    ['a URL of an object', [{ href: 'https://x.test' }], { 0: ['URL'] }],
    ['a Set of an object', [{ length: 3 }], { 0: ['set'] }],
    ['a Set of a text', ['abc'], { 0: ['set'] }],
    ['a Map of a list', [[1, 2]], { 0: ['map'] }],
    ['a Map of triples', [[[1, 2, 3]]], { 0: ['map'] }],
    ['an Error of a text', ['boom'], { 0: ['Error'] }],
    ['an Error with an object for a message', [{ name: 'E', message: {} }], { 0: ['Error'] }],
    ['an Error with a number for a name', [{ name: 5, message: '' }], { 0: ['Error'] }],
    ['an Error with an object for a code', [{ name: 'E', message: '', code: {} }], { 0: ['Error'] }],
    ['a place that is not there', [1], { 1: ['undefined'] }],
    ['a place before the first', [null], { '-1': ['undefined'] }],
    ['a place spelled otherwise', [null], { '00': ['undefined'] }],
    ['a place with a fraction', [null], { '0\\.0': ['undefined'] }],
    ['the length of a list', [null], { length: ['undefined'] }],
    ['a method of a list', [null], { map: ['undefined'] }],
    ['a place in a text', ['abc'], { '0.0': ['undefined'] }],
    ['a place in null', [null], { '0.a': ['undefined'] }],
    ['a path with an unknown escape', { a: null, '\\a': null }, { '\\a': ['undefined'] }],
    ['a path that ends in an escape', { '\\': null }, { '\\': ['undefined'] }],
    ['a place in what was revived', [[['a', 1]]], { 0: ['map'], '0.0.1': ['number'] }],
    [
      'a place in a revived Set, before it',
      [[null]],
      { '0.0': ['undefined'], 0: ['set', { 0: ['undefined'] }] },
    ],
    ['the same place twice', [null], { 0: ['undefined', { '': ['undefined'] }] }],
    [
      'a property of a revived Date',
      ['2026-01-01T00:00:00.000Z'],
      { 0: ['Date'], '0.getTime': ['undefined'] },
    ],
  ])('%s', (_what, json, values) => {
    expect(() => read(body(json, values))).toThrow(PayloadMalformedError);
  });

  it.each<[what: string, text: string]>([
    [
      'references',
      body([{ a: 1 }, null, null], { 2: ['undefined'] }, { referentialEqualities: { 0: ['1'] } }),
    ],
    [
      'references to a prototype',
      body([{ a: 1 }, null], { 1: ['undefined'] }, { referentialEqualities: { 0: ['__proto__.polluted'] } }),
    ],
    ['another version of the format', body([null], { 0: ['undefined'] }, { v: 2 })],
    [
      'the format without a version',
      JSON.stringify({ json: [null], meta: { values: { 0: ['undefined'] } } }),
    ],
    ['no annotations', JSON.stringify({ json: [1] })],
    ['no value', JSON.stringify({ meta: { values: { 0: ['undefined'] }, v: 1 } })],
    [
      'something more in the body',
      JSON.stringify({ json: [null], meta: { values: { 0: ['undefined'] }, v: 1 }, more: 1 }),
    ],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['no JSON', '{json:1}'],
  ])('%s', (_what, text) => {
    expect(() => read(text)).toThrow(PayloadMalformedError);
  });
});

it('a place that only a prototype has is refused', () => {
  Object.defineProperty(Object.prototype, 'inherited', { value: null, configurable: true, writable: true });
  try {
    expect(() => read(body({ a: 1 }, { inherited: ['undefined'] }))).toThrow(PayloadMalformedError);
  } finally {
    Reflect.deleteProperty(Object.prototype, 'inherited');
  }
});

describe('whatever arrives', () => {
  const types = fc.constantFrom<unknown>(
    'undefined',
    'number',
    'bigint',
    'Date',
    'URL',
    'set',
    'map',
    'Error',
    'regexp',
    ['class', 'Date'],
    ['custom', 'binary'],
    ['symbol', 'x'],
  );
  const step = fc.constantFrom(
    '0',
    '1',
    'a',
    'b',
    '__proto__',
    'constructor',
    'prototype',
    'length',
    '',
    '\\',
    '\\.',
    'polluted',
  );
  const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('.'));
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      types.map((type) => [type]),
      fc.tuple(types, fc.dictionary(path, tie('node'), { maxKeys: 3 })),
      fc.jsonValue(),
    ),
  }));
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        null,
        'NaN',
        '12',
        'Buffer:AAAA',
        '2026-01-01T00:00:00.000Z',
        { name: 'E', message: 'x' },
        [[1, 2]],
      ),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'length', 'constructor'), tie('json'), { maxKeys: 3 }),
    ),
  }));

  function readOrRefuse(bytes: Uint8Array): void {
    try {
      defaultCodec.decode(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(PayloadMalformedError);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  }

  it('is read or refused by one error: crafted annotations', () => {
    fc.assert(
      fc.property(json, fc.oneof(node, fc.dictionary(path, node, { maxKeys: 4 })), (value, values) =>
        readOrRefuse(Buffer.from(`~${body(value, values)}`)),
      ),
      { numRuns: 3_000 },
    );
  });

  it('is read or refused by one error: bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => readOrRefuse(bytes)),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
        readOrRefuse(Buffer.concat([Buffer.from('~'), bytes])),
      ),
      { numRuns: 2_000 },
    );
  });

  it('is read or refused by one error: a payload of ours with one byte changed', () => {
    const whole = Buffer.from(
      `~${body([null, 'NaN', ['1'], { name: 'E', message: '' }], { 0: ['undefined'], 1: ['number'], 2: ['set', { 0: ['bigint'] }], 3: ['Error'] })}`,
    );
    expect(defaultCodec.decode(whole)).toHaveLength(4);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        readOrRefuse(changed);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read or refused in time that grows with its length, not with its square', () => {
    const manyPaths = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, index) => [`0.${index}`, ['bigint']]),
    );
    const wide = body([Array.from({ length: 40_000 }, () => '1')], manyPaths);
    const startedAt = performance.now();
    expect(read(wide)).toHaveLength(1);
    expect(() =>
      read(body([Array.from({ length: 40_000 }, () => '1')], { 0: ['set'], ...manyPaths })),
    ).toThrow(PayloadMalformedError);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
