import { task } from '@q/core';
import { describe, expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

const odd = task<(which: string) => unknown>('odd');

function cyclic(): object {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function explode(): never {
  throw new Error('trap');
}

const hostile = (): object =>
  new Proxy(
    {},
    {
      get: explode,
      has: explode,
      ownKeys: explode,
      getPrototypeOf: explode,
      getOwnPropertyDescriptor: explode,
    },
  );

const returned: Readonly<Record<string, () => unknown>> = {
  function: () => () => 1,
  cycle: cyclic,
  bigint: () => 10n,
  date: () => new Date(5),
  'two MiB': () => 'x'.repeat(2 * 1_048_576),
  symbol: () => Symbol('s'),
  proxy: hostile,
  'getter that throws': () => Object.defineProperty({}, 'x', { enumerable: true, get: explode }),
  'then that throws': () => Object.defineProperty({}, 'then', { get: explode }),
  'a rejected promise': () => Promise.reject(new Error('later')),
  'NaN, undefined and -0': () => [Number.NaN, undefined, -0],
};

const thrown: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  zero: 0,
  text: 'just text',
  proxy: hostile(),
  cycle: cyclic(),
  function: explode,
  'an error that is its own cause': selfCaused(),
  'an error with a hostile message': Object.defineProperty(new Error('x'), 'message', { get: explode }),
  'a huge message': new Error('m'.repeat(3_000_000)),
};

function selfCaused(): Error {
  const error = new Error('round');
  error.cause = error;
  return error;
}

const failing = new Set([
  'function',
  'cycle',
  'two MiB',
  'symbol',
  'proxy',
  'getter that throws',
  'then that throws',
  'a rejected promise',
]);

describe('whatever a handler does ends in a stored result, and the worker goes on', () => {
  test.for(Object.keys(returned))('it returns: %s', async (which, { rig }) => {
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(odd, (_ctx, wanted) => returned[wanted]?.());
    await rig.start(worker);
    const result = await (await rig.client.enqueue(odd, which)).result({ timeout: '5s' });
    expect(result.success).toBe(!failing.has(which));
    if (!result.success) expect(result.error).toMatchObject({ type: 'error', message: expect.any(String) });
    expect(await (await rig.client.enqueue(odd, 'date')).value({ timeout: '5s' })).toEqual(new Date(5));
  });

  test.for(Object.keys(thrown))('it throws: %s', async (which, { rig }) => {
    const worker = rig.worker({ concurrency: 1 });
    worker.handle(odd, (_ctx, wanted) => {
      if (wanted === 'date') return new Date(5);
      throw thrown[wanted];
    });
    await rig.start(worker);
    const result = await (await rig.client.enqueue(odd, which)).result({ timeout: '5s' });
    expect(result).toMatchObject({
      success: false,
      error: { type: 'error', name: expect.any(String), message: expect.any(String) },
    });
    expect(await (await rig.client.enqueue(odd, 'date')).value({ timeout: '5s' })).toEqual(new Date(5));
  });
});
