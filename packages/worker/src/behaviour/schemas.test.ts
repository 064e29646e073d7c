import { type Schema, task } from '@q/core';
import { describe, expect } from 'vitest';
import { test } from '../test-support/worker-test.ts';

/** A Standard Schema by hand: what is no number of at least `least` is refused. */
function atLeast(least: number): Schema<number> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'number' && value >= least
          ? { value }
          : { issues: [{ message: `at least ${least}` }] },
    },
  };
}

/** Numbers travel, texts are read. */
const asText: Schema<number, string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) =>
      typeof value === 'number' ? { value: `n${value}` } : { issues: [{ message: 'no number' }] },
  },
};

const checked = task('checked', {
  input: atLeast(1),
  output: atLeast(10),
  errors: { TooMuch: atLeast(100) },
});
const transformed = task('transformed', { input: asText, output: asText });
const declared = task<(n: number) => string, { Full: { limit: number } }>('declared');

describe('schemas', () => {
  test('a producer without the contract cannot pass what the input schema refuses', async ({ rig }) => {
    let runs = 0;
    const worker = rig.worker().handle(checked, (_ctx, n) => {
      runs += 1;
      return n;
    });
    await rig.start(worker);
    const result = await (await rig.client.enqueueUnsafe('checked', 0)).result({ timeout: '5s' });
    expect(result).toMatchObject({ success: false, error: { type: 'invalid', name: 'InvalidInputError' } });
    expect(runs).toBe(0);
  });

  test('a result that the output schema refuses fails the task as invalid', async ({ rig }) => {
    await rig.start(rig.worker().handle(checked, (_ctx, n) => n));
    expect(await (await rig.client.enqueue(checked, 5)).result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'invalid' },
    });
    expect(await (await rig.client.enqueue(checked, 50)).value({ timeout: '5s' })).toBe(50);
  });

  test('a handler receives what the input schema made, a producer what the output schema made', async ({
    rig,
  }) => {
    const received: unknown[] = [];
    const worker = rig.worker().handle(transformed, async (_ctx, text) => {
      received.push(text);
      return 7;
    });
    await rig.start(worker);
    expect(await (await rig.client.enqueue(transformed, 3)).value({ timeout: '5s' })).toBe('n7');
    expect(received).toEqual(['n3']);
  });
});

describe('a declared error', () => {
  test('arrives with its data', async ({ rig }) => {
    await rig.start(rig.worker().handle(declared, (ctx, n) => ctx.fail('Full', { limit: n })));
    const result = await (await rig.client.enqueue(declared, 9)).result({ timeout: '5s' });
    expect(result).toMatchObject({ success: false, tries: 1, error: { type: 'Full', data: { limit: 9 } } });
  });

  test('with data that its schema refuses fails the task as invalid', async ({ rig }) => {
    await rig.start(rig.worker().handle(checked, (ctx, n) => ctx.fail('TooMuch', n)));
    const [small, large] = [await rig.client.enqueue(checked, 5), await rig.client.enqueue(checked, 500)];
    expect(await small.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'invalid' },
    });
    expect(await large.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'TooMuch', data: 500 },
    });
  });

  test('whose data cannot be encoded fails with the reason, and so does a name of the queue itself', async ({
    rig,
  }) => {
    const worker = rig.worker().handle(declared, (ctx, n) => {
      const fail = ctx.fail as (name: string, data: unknown) => never;
      return n === 1 ? fail('Full', () => 1) : fail('timeout', {});
    });
    await rig.start(worker);
    const [unencodable, reserved] = [
      await rig.client.enqueue(declared, 1),
      await rig.client.enqueue(declared, 2),
    ];
    expect(await unencodable.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'error', name: 'PayloadNotEncodableError' },
    });
    expect(await reserved.result({ timeout: '5s' })).toMatchObject({
      success: false,
      error: { type: 'error', name: 'ConfigError' },
    });
  });
});
