import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePayload, defaultCodec } from '../codec.ts';
import { PayloadMalformedError } from '../errors.ts';
import { decodeEnvelope } from '../protocol/envelope.ts';
import { decodeResult } from '../protocol/result.ts';
import { decodeResultMessage } from '../protocol/result-message.ts';
import { decodeTaskValue } from '../protocol/task-value.ts';
import { decodeTries } from '../protocol/tries.ts';

/** Together with those below, 20,000 in each run of the tests. */
const runs = 5_000;

const key = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'then',
    'toJSON',
    'length',
    '0',
    'a',
    'a.b',
    '',
  ),
  fc.string({ maxLength: 5 }),
);
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -0,
    'NaN',
    '-0',
    '/(a+)+$/',
    'Buffer:AAAA',
    'eval:AAAA',
    'http://[',
    '9'.repeat(1_001),
  ),
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.bigInt().map(String),
);
/** As JSON.parse makes them: `__proto__` is a key like any other. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map(ownEntries),
  ),
}));
const type = fc.oneof(
  fc.constantFrom<unknown>('undefined', 'number', 'bigint', 'Date', 'URL', 'set', 'map', 'Error'),
  fc.constantFrom<unknown>(
    'regexp',
    'symbol',
    'class',
    '__proto__',
    ['custom', 'binary'],
    ['class', 'Function'],
    ['custom', 'eval'],
  ),
  fc.string({ maxLength: 5 }),
);
const path = fc.oneof(
  fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => keys.join('.')),
  fc.constantFrom('0', '1', '0.0', '4294967295', '-1', '01', '\\', '0\\', 'constructor.prototype.polluted'),
);
const { annotations } = fc.letrec<{ annotations: object; node: unknown }>((tie) => ({
  annotations: fc.array(fc.tuple(path, tie('node')), { maxLength: 3 }).map(ownEntries),
  node: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(type),
    fc.tuple(type, tie('annotations')),
    fc.constantFrom<unknown>(null, [], 'x', [['set']], ['map', {}, {}]),
  ),
}));

function ownEntries(entries: readonly (readonly [string, unknown])[]): object {
  const made: object = {};
  for (const [name, value] of entries)
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

const builtIn = new Set<unknown>([
  null, // an object of `Object.create(null)` would be one too, and harmless
  ...[Object, Array, Date, URL, Map, Set, Error, Buffer, ArrayBuffer].map(({ prototype }) => prototype),
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
    ({ prototype }) => prototype,
  ),
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array].map(({ prototype }) => prototype),
]);

/** Fails for a class of anybody else, an own `__proto__`, and whatever could be called. */
function requireHarmless(value: unknown): void {
  if (typeof value === 'function' || typeof value === 'symbol') expect.fail('a value of no data was made');
  if (typeof value !== 'object' || value === null) return;
  if (!builtIn.has(Object.getPrototypeOf(value))) expect.fail('an object of another class was made');
  if (Object.hasOwn(value, '__proto__')) expect.fail('an own __proto__ came through');
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return;
  if (value instanceof Map) for (const pair of value) requireHarmless(pair);
  else if (value instanceof Set) for (const item of value) requireHarmless(item);
  else if (!(value instanceof URL)) for (const item of Object.values(value)) requireHarmless(item);
  if (value instanceof Error) requireHarmless(value.cause);
}

const prototypes = [Object, Array, Function, Map, Set, Date, Error].map(({ prototype }) => prototype);

function shapes(): string {
  return prototypes.map((prototype) => Reflect.ownKeys(prototype).length).join();
}

const shapesBefore = shapes();

function decodeOrRefuse(bytes: Uint8Array): void {
  try {
    requireHarmless(decodePayload(defaultCodec, bytes));
  } catch (error) {
    if (!(error instanceof PayloadMalformedError)) throw error;
    if (error.message.length > 120 || error.cause !== undefined) expect.fail('the error says too much');
  }
  if (shapes() !== shapesBefore) expect.fail('a prototype was changed');
}

describe('whatever the bytes of a payload are, they become harmless values or one error', () => {
  it('annotations and values of any form', () => {
    fc.assert(
      fc.property(json, annotations, (value, values) => {
        decodeOrRefuse(Buffer.from(`~${JSON.stringify({ json: value, meta: { values, v: 1 } })}`));
      }),
      { numRuns: runs },
    );
  });

  it('bodies and annotations of no form', () => {
    const body = fc.oneof(
      json,
      fc.record({ json, meta: json }),
      fc.record({ json, meta: fc.record({ values: json, v: json }) }),
    );
    fc.assert(
      fc.property(fc.constantFrom('', '~', '~~'), body, (mark, value) => {
        decodeOrRefuse(Buffer.from(`${mark}${JSON.stringify(value)}`));
      }),
      { numRuns: runs },
    );
  });

  it('good bytes that were cut short, or of which some were changed', () => {
    const good = Buffer.from(
      defaultCodec.encode([new Date(0), 'ä😀', new Map([[1n, new Set([undefined])]]), Buffer.from('x')]),
    );
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.nat(good.length), fc.array(change, { maxLength: 5 }), (end, changes) => {
        const bytes = Buffer.from(good);
        for (const { at, to } of changes) bytes[at] = to;
        decodeOrRefuse(bytes.subarray(0, end));
      }),
      { numRuns: runs },
    );
  });

  it('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodeOrRefuse), { numRuns: runs / 2 });
  });
});

it('no bytes make a reader of the protocol throw', () => {
  const field = fc.oneof(
    fc.constantFrom('', 'q', 'd', '+', '-', 'm', '1', '2', '__proto__', '{"__proto__":"x"}'),
    fc.string(),
  );
  const text = fc.array(field, { maxLength: 12 }).map((fields) => fields.join(';'));
  const lines = fc.array(text, { maxLength: 4 }).map((all) => Buffer.from(all.join('\n')));
  fc.assert(
    fc.property(
      fc.oneof(
        lines,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        decodeTaskValue(bytes);
        decodeEnvelope(bytes);
        decodeResult({ worker: 'w~1', body: bytes });
        decodeResultMessage(bytes);
        decodeTries(bytes.toString());
      },
    ),
    { numRuns: runs / 2 },
  );
});

describe('what would take long is refused before', () => {
  it.each<[string, string]>([
    [
      'a BigInt of a million digits',
      `~{"json":["${'9'.repeat(1_000_000)}"],"meta":{"values":{"0":["bigint"]},"v":1}}`,
    ],
    ['lists in lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects in objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
    [
      'annotations in annotations',
      `~{"json":[],"meta":{"values":${'{"0":["set",'.repeat(50_000)}{}${']}'.repeat(50_000)},"v":1}}`,
    ],
    [
      'a path of half a million steps',
      `~{"json":[],"meta":{"values":{"${'0.'.repeat(250_000)}0":["set"]},"v":1}}`,
    ],
    ['an index of nine digits', '~{"json":[],"meta":{"values":{"999999999":["undefined"]},"v":1}}'],
    ['more than a MiB', `"${'x'.repeat(1_048_575)}"`],
  ])('%s', (_what, text) => {
    const before = process.cpuUsage();
    expect(() => decodePayload(defaultCodec, Buffer.from(text))).toThrow(PayloadMalformedError);
    // Time of this process: others may hold the machine.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
