import { type as arktype } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { task } from './declare-task.ts';
import { schemasOf, typed } from './schema.ts';
import { type AnyTask, isTask } from './task.ts';

/** What a caller without types may do. */
const untyped: (name: unknown, options?: unknown) => AnyTask = task as never;

describe('a task', () => {
  it('is a name and its options, frozen, and nothing else', () => {
    const declared = task<(seconds: number) => number>('sleeper', { maxTries: 5, timeout: '30s' });
    expect(declared).toEqual({ kind: 'task', name: 'sleeper', options: { maxTries: 5, timeout: '30s' } });
    expect(declared).toSatisfy(Object.isFrozen);
    expect(declared.options).toSatisfy(Object.isFrozen);
    expect(schemasOf(declared)).toEqual({ errors: {} });
  });

  it('carries its schemas out of sight', () => {
    const input = z.object({ url: z.url() });
    const output = v.number();
    const errors = { RateLimited: arktype({ retryAfter: 'number' }) };
    const declared = task('fetch.size', { input, output, errors, timeout: '5s' });
    expect(schemasOf(declared)).toEqual({ input, output, errors });
    expect(declared.options).toEqual({ timeout: '5s' });
    expect(Object.keys(declared)).toEqual(['kind', 'name', 'options']);
    expect(JSON.stringify(declared)).not.toContain('url');
  });

  it('is recognised by what it is, not by who made it', () => {
    expect(isTask(task('x'))).toBe(true);
    expect(isTask({ kind: 'task', name: 'x', options: {} })).toBe(true);
    for (const other of ['x', null, undefined, {}, { kind: 'call', name: 'x' }, { kind: 'task' }, () => 'x'])
      expect(isTask(other)).toBe(false);
  });

  it.each(['', 'a b', 'x'.repeat(129), undefined, 5])('cannot be named %j', (name) => {
    expect(() => untyped(name)).toThrow(ConfigError);
  });

  it.each([
    [null, 'options of task "bad" must be an object'],
    ['5s', 'options of task "bad" must be an object'],
    [{ timout: '5s' }, 'option "timout" of task "bad" does not exist'],
    [{ timeout: 'soon' }, 'option "timeout" of task "bad"'],
    [{ maxTries: 0 }, 'option "maxTries" of task "bad"'],
    [{ unique: true }, 'option "unique" of task "bad" needs a timeout'],
    [{ input: { url: 'string' } }, 'option "input" of task "bad" must be a Standard Schema'],
    [{ output: null }, 'option "output" of task "bad" must be a Standard Schema'],
    [{ errors: { Late: 'string' } }, 'option "errors.Late" of task "bad" must be a Standard Schema'],
    [{ errors: 'Late' }, 'option "errors" of task "bad" must be an object'],
    [{ errors: { timeout: z.string() } }, 'error "timeout" of task "bad" belongs to the queue itself'],
    [{ errors: { 'too late': z.string() } }, 'error "too late" of task "bad" needs a name'],
    [{ errors: JSON.parse('{"__proto__":{}}') }, 'error "__proto__" of task "bad" needs a name'],
  ])('is refused where it is declared: %o', (options, message) => {
    expect(() => untyped('bad', options)).toThrow(ConfigError);
    expect(() => untyped('bad', options)).toThrow(message);
  });
});

describe('typed()', () => {
  it('passes whatever comes', async () => {
    const schema = typed<Map<string, number>>();
    for (const value of [undefined, 5, 'x'])
      expect(await schema['~standard'].validate(value)).toEqual({ value });
  });
});
