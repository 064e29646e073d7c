import { ConfigError, task } from '@q/core';
import { describe, expect, it } from 'vitest';
import { Registry } from './registry.ts';

const one = task<() => void>('one', { timeout: '5s', maxTries: null });
const two = task<() => void>('two');
const handler = (): void => undefined;

describe('the registry of a worker', () => {
  it('finds handlers by name, with the limits of their tasks', () => {
    const registry = new Registry('UTC');
    registry.handle(one, handler);
    expect(registry.find('one')).toEqual({ task: one, handler, timeout: 5_000, maxTries: null });
    expect(registry.find('two')).toBeUndefined();
  });

  it('refuses a second handler of a name, what is no task, and what is no function', () => {
    const registry = new Registry('UTC');
    registry.handle(one, handler);
    expect(() => registry.handle(one, handler)).toThrow(ConfigError);
    expect(() => registry.handle({ name: 'two' }, handler)).toThrow(ConfigError);
    expect(() => registry.handle(two, 'two')).toThrow(ConfigError);
  });

  it('implements a contract to any depth', () => {
    const registry = new Registry('UTC');
    registry.implement({ one, deep: { er: { two } } }, { one: handler, deep: { er: { two: handler } } });
    expect(registry.names).toEqual(['one', 'two']);
  });

  it.each([
    ['a missing handler', { one, two }, { one: handler }],
    ['a missing branch', { one, deep: { two } }, { one: handler }],
    ['a handler too many', { one }, { one: handler, two: handler }],
    ['one name twice', { one, again: one }, { one: handler, again: handler }],
    ['no contract', null, {}],
  ])('refuses %s, and registers nothing then', (_what, contract, handlers) => {
    const registry = new Registry('UTC');
    expect(() => registry.implement(contract, handlers)).toThrow(ConfigError);
    expect(registry.names).toEqual([]);
  });

  it('takes nothing more when the worker has been started', () => {
    const registry = new Registry('UTC');
    registry.close();
    expect(() => registry.handle(one, handler)).toThrow(/before start/);
  });

  it.each([undefined, '', 5])('refuses a schedule without a name: %o', (name) => {
    const registry = new Registry('UTC');
    expect(() => registry.cron('@daily', name, handler)).toThrow(ConfigError);
    expect(() => registry.cron('@daily', name, handler)).toThrow(/needs a name, .* cron\('0 9 \* \* \*'/);
  });

  it('refuses a second schedule of one name', () => {
    const registry = new Registry('UTC');
    registry.cron('@daily', 'nightly', handler);
    expect(() => registry.cron('@hourly', 'nightly', handler)).toThrow(
      /^schedule "nightly": the name has a handler already; give it another one: cron\(/,
    );
  });

  it('lets occurrences of a schedule be skipped without a timeout, which is the default', () => {
    const registry = new Registry('Europe/Madrid');
    registry.cron('@daily', 'nightly', handler);
    registry.cron('@daily', 'often', handler, { unique: false, tz: 'UTC', ttl: 0, maxScheduleDrift: null });
    expect(registry.schedules).toMatchObject([
      { name: 'nightly', tz: 'Europe/Madrid', unique: true, maxDrift: 300_000, ttl: 300_000 },
      { name: 'often', tz: 'UTC', unique: false, maxDrift: null, ttl: 0 },
    ]);
    expect(registry.find('nightly')).toMatchObject({ timeout: null, maxTries: 3 });
  });
});
