import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../duration.ts';
import { ConfigError } from '../errors.ts';
import { resolveTaskOptions, taskOptionDefaults } from './task-options.ts';

describe('task options', () => {
  it('come out complete and in milliseconds', () => {
    expect(resolveTaskOptions({}, 'x')).toEqual({ maxTries: 3, timeout: null, ttl: 300_000, unique: false });
    expect(resolveTaskOptions({ maxTries: 5, timeout: '30s', ttl: '1h', unique: true }, 'x')).toEqual({
      maxTries: 5,
      timeout: 30_000,
      ttl: 3_600_000,
      unique: true,
    });
  });

  it('say no limit, for ever and never by null and 0', () => {
    expect(resolveTaskOptions({ maxTries: null, timeout: null, ttl: null }, 'x')).toMatchObject({
      maxTries: null,
      timeout: null,
      ttl: null,
    });
    expect(resolveTaskOptions({ ttl: 0 }, 'x').ttl).toBe(0);
  });

  it('that are undefined do not erase a default', () => {
    const options = JSON.parse('{}');
    for (const key of Object.keys(taskOptionDefaults)) options[key] = undefined;
    expect(resolveTaskOptions(options, 'x')).toEqual(taskOptionDefaults);
  });

  it('have the defaults that their documentation states', () => {
    const source = readFileSync(new URL('./task-options.ts', import.meta.url), 'utf8');
    const stated = [...source.matchAll(/@default (.+?) \*\/\n\s+readonly (\w+)\?:/g)].map(
      ([, value = '', name]) => {
        const literal: unknown = JSON.parse(value.replaceAll("'", '"'));
        return [name, typeof literal === 'string' ? parseDuration(literal, 'default') : literal];
      },
    );
    expect(Object.fromEntries(stated)).toEqual(taskOptionDefaults);
  });

  it.each([
    [{ maxTries: 0 }, 'maxTries'],
    [{ maxTries: 1.5 }, 'maxTries'],
    [{ maxTries: '3' }, 'maxTries'],
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: '25d' }, 'timeout'],
    [{ timeout: '5 seconds' }, 'timeout'],
    [{ ttl: -1 }, 'ttl'],
    [{ ttl: '11ws' }, 'ttl'],
    [{ ttl: Number.POSITIVE_INFINITY }, 'ttl'],
    [{ unique: 'yes', timeout: '1s' }, 'unique'],
    [{ unique: true }, 'unique'],
    [{ unique: true, timeout: null }, 'unique'],
    [{ timout: '5s' }, 'timout'],
    [{ retry: {} }, 'retry'],
  ])('%j is refused by the name of the option and of the task', (options, option) => {
    const resolve = () => resolveTaskOptions(options as object, 'image.resize');
    expect(resolve).toThrow(ConfigError);
    expect(resolve).toThrow(`option "${option}" of task "image.resize"`);
  });
});
