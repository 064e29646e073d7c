import { type as arktype } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError, InvalidResultError } from '../errors.ts';
import { task } from './declare-task.ts';
import type { Schema } from './schema.ts';
import {
  parseErrorData,
  parseInput,
  parseResult,
  validateErrorData,
  validateInput,
  validateResult,
} from './validate.ts';

const transformed = task('transformed', {
  input: z.object({ at: z.string().transform((text) => new Date(text)), page: z.number().default(1) }),
  output: z.date().transform((date) => date.toISOString()),
  errors: { Late: z.object({ by: z.number().transform(String) }) },
});
const slow = task('slow', {
  input: z.string().refine(async (text) => text !== 'bad'),
  output: z.number().refine(async (n) => n > 0),
});
const plain = task<(a: number, b: number) => number>('plain');

describe('input', () => {
  it('is checked by the producer, who sends it as it was given', () => {
    expect(validateInput(transformed, [{ at: '2026-01-01' }])).toBeUndefined();
    expect(() => validateInput(transformed, [{ at: 5 }])).toThrow(InvalidInputError);
  });

  it('is parsed by the worker, once, to what the handler receives', () => {
    expect(parseInput(transformed, [{ at: '2026-01-01' }])).toEqual([
      { at: new Date('2026-01-01'), page: 1 },
    ]);
  });

  it('may be left out where the schema allows it', () => {
    const optional = task('optional', { input: z.string().optional() });
    expect(validateInput(optional, [])).toBeUndefined();
    expect(parseInput(optional, [])).toEqual([undefined]);
  });

  it('is one argument', () => {
    expect(() => parseInput(transformed, [{ at: '2026-01-01' }, 2])).toThrow(InvalidInputError);
  });

  it('passes unchecked without a schema', () => {
    const args = [1, 'two'];
    expect(validateInput(plain, args)).toBeUndefined();
    expect(parseInput(plain, args)).toBe(args);
  });

  it('may be checked asynchronously', async () => {
    await expect(validateInput(slow, ['good'])).resolves.toBeUndefined();
    await expect(parseInput(slow, ['good'])).resolves.toEqual(['good']);
    await expect(parseInput(slow, ['bad'])).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['zod', task('x', { input: z.object({ items: z.array(z.object({ 'a name': z.number() })) }) })],
    ['valibot', task('x', { input: v.object({ items: v.array(v.object({ 'a name': v.number() })) }) })],
    ['arktype', task('x', { input: arktype({ items: arktype({ 'a name': 'number' }).array() }) })],
  ])('of %s is refused with the place and without the value', (_library, checked) => {
    const error = caught(() => parseInput(checked, [{ items: [{ 'a name': 1 }, { 'a name': 'secret' }] }]));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ task: 'x', issues: [{ path: 'items[1].a name' }] });
    expect((error as Error).message).toContain('items[1].a name');
    expect((error as Error).message).not.toContain('secret');
  });

  it('whose schema throws is refused with the cause, at once or later', async () => {
    const cause = new Error('boom');
    const throws = task('x', {
      input: v.pipe(
        v.string(),
        v.check(() => {
          throw cause;
        }),
      ),
    });
    expect(caught(() => parseInput(throws, ['x']))).toMatchObject({ code: 'Q_INVALID_INPUT', cause });
    // By hand: zod tries without waiting first, and nobody handles the promise that this attempt leaves behind.
    const rejecting: Schema = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(cause) },
    };
    const rejects = task('x', { input: rejecting });
    await expect(parseInput(rejects, ['x'])).rejects.toMatchObject({ code: 'Q_INVALID_INPUT', cause });
  });
});

describe('a result', () => {
  it('is checked by the worker, and parsed by the producer', () => {
    const date = new Date('2026-01-01');
    expect(validateResult(transformed, date)).toBeUndefined();
    expect(parseResult(transformed, date)).toBe('2026-01-01T00:00:00.000Z');
    expect(() => validateResult(transformed, 'no date')).toThrow(InvalidResultError);
    expect(() => parseResult(transformed, 'no date')).toThrow(
      'the result of task "transformed" does not pass its schema',
    );
  });

  it('passes unchecked without a schema', () => {
    expect(validateResult(plain, 'x')).toBeUndefined();
    expect(parseResult(plain, 'x')).toBe('x');
  });

  it('may be checked asynchronously', async () => {
    await expect(validateResult(slow, 1)).resolves.toBeUndefined();
    await expect(parseResult(slow, 0)).rejects.toThrow(InvalidResultError);
  });
});

describe('the data of a declared error', () => {
  it('is checked by the worker, and parsed by the producer', () => {
    expect(validateErrorData(transformed, 'Late', { by: 3 })).toBeUndefined();
    expect(parseErrorData(transformed, 'Late', { by: 3 })).toEqual({ by: '3' });
    expect(() => validateErrorData(transformed, 'Late', {})).toThrow(
      'data of error "Late" of task "transformed"',
    );
  });

  it.each(['Other', 'toString', '__proto__'])(
    'of an undeclared one, such as %s, passes as it came',
    (error) => {
      expect(parseErrorData(transformed, error, 5)).toBe(5);
    },
  );
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
