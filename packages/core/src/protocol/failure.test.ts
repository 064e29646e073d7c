import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeFailure } from './failure.ts';

const angry = (): never => {
  throw new Error('no');
};

test('an error is its name, message, stack and code', () => {
  const error = Object.assign(new RangeError('too far'), { code: 'E_FAR' });

  expect(describeFailure(error)).toEqual({
    type: 'error',
    name: 'RangeError',
    message: 'too far',
    stack: expect.stringContaining('too far'),
    code: 'E_FAR',
  });
  expect(describeFailure(error, 'timeout').type).toBe('timeout');
});

test('a code that is a number is kept as text', () => {
  expect(describeFailure(Object.assign(new Error('x'), { code: 404 })).code).toBe('404');
});

const primitives: ReadonlyArray<readonly [string, unknown]> = [
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['NaN', Number.NaN],
  ['false', false],
  ['the text ""', ''],
  ['the text "gone"', 'gone'],
  ['the bigint 10', 10n],
  ['Symbol(s)', Symbol('s')],
];

test.for(primitives)('%s may be thrown', ([words, thrown]) => {
  expect(describeFailure(thrown)).toEqual({
    type: 'error',
    name: 'NonError',
    message: `a handler threw ${words}`,
  });
});

test('functions and plain objects may be thrown', () => {
  expect(describeFailure(() => 1).message).toMatch(/a function that is not an Error/);
  expect(describeFailure({ a: 1 }).message).toMatch(/an object that is not an Error/);
  expect(describeFailure(Object.create(null)).name).toBe('NonError');
});

test('a Proxy that refuses everything, and one that was revoked, may be thrown', () => {
  const refusing = new Proxy(
    {},
    { get: angry, has: angry, ownKeys: angry, getPrototypeOf: angry, getOwnPropertyDescriptor: angry },
  );
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  expect(describeFailure(refusing).name).toBe('NonError');
  expect(describeFailure(proxy).name).toBe('NonError');
});

test('a getter that throws says nothing and the others are still read', () => {
  const error = new Error('kept');
  for (const key of ['stack', 'name', 'code', 'cause']) Object.defineProperty(error, key, { get: angry });

  expect(describeFailure(error)).toEqual({ type: 'error', name: 'NonError', message: 'kept' });
});

test('properties of other types than text are left out', () => {
  const odd = { name: 5, message: { toString: angry }, stack: ['x'], code: Symbol('c') };

  expect(describeFailure(odd)).toEqual({
    type: 'error',
    name: 'NonError',
    message: expect.stringMatching(/not an Error/),
  });
});

test('huge texts are cut', () => {
  const error = Object.assign(new Error('m'.repeat(1_000_000)), {
    stack: 's'.repeat(1_000_000),
    name: 'n'.repeat(1_000_000),
    code: 'c'.repeat(1_000_000),
  });

  const failure = describeFailure(error);

  expect(failure.message.length).toBeLessThanOrEqual(4_097);
  expect(failure.stack?.length).toBeLessThanOrEqual(8_193);
  expect(failure.name.length).toBeLessThanOrEqual(257);
  expect(failure.code?.length).toBeLessThanOrEqual(257);
  expect(describeFailure('t'.repeat(1_000_000)).message.length).toBeLessThanOrEqual(4_097);
  expect(describeFailure(2n ** 100_000n).message.length).toBeLessThan(200);
});

function depthOf(failure: { readonly cause?: unknown }): number {
  let depth = 0;
  let at: { readonly cause?: unknown } | undefined = failure;
  while (typeof at?.cause === 'object' && at.cause !== null) {
    at = at.cause;
    depth += 1;
  }
  return depth;
}

test('causes are followed a few deep, also in a circle', () => {
  const circular: Error & { cause?: unknown } = new Error('around');
  circular.cause = circular;
  let chain: unknown = 'the root';
  for (let at = 0; at < 50; at += 1) chain = new Error(`level ${at}`, { cause: chain });

  expect(depthOf(describeFailure(circular))).toBe(5);
  expect(depthOf(describeFailure(chain))).toBe(5);
  expect(describeFailure(new Error('outer', { cause: 'the root' })).cause).toMatchObject({
    message: 'a handler threw the text "the root"',
  });
});

test('whatever is thrown, its description is plain data that survives JSON', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      (thrown) => {
        const failure = describeFailure(thrown);
        expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
      },
    ),
  );
});
