import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import { resolveStartOptions, type StartOptions } from './start-options.ts';

const resolve = (options: unknown) => resolveStartOptions(options as StartOptions);

describe('start options', () => {
  it('are: now, no headers, an id to be made, unless said otherwise', () => {
    expect(resolveStartOptions()).toEqual({ headers: {}, start: { kind: 'now' } });
    expect(resolveStartOptions({})).toEqual({ headers: {}, start: { kind: 'now' } });
    expect(resolve({ id: undefined, headers: undefined, delay: undefined, schedule: undefined })).toEqual({
      headers: {},
      start: { kind: 'now' },
    });
  });

  it('carry an id and a frozen copy of the headers', () => {
    const headers = { tenant: 'a' };
    const resolved = resolveStartOptions({ id: 'order-7', headers });
    expect(resolved).toEqual({ id: 'order-7', headers: { tenant: 'a' }, start: { kind: 'now' } });
    expect(resolved.headers).not.toBe(headers);
    expect(resolved.headers).toSatisfy(Object.isFrozen);
  });

  it('carry the replicas to wait for, one second unless said otherwise', () => {
    expect(resolveStartOptions({ durability: { replicas: 2 } }).durability).toEqual({
      replicas: 2,
      timeout: 1_000,
    });
    expect(resolveStartOptions({ durability: { replicas: 1, timeout: '50ms' } }).durability).toEqual({
      replicas: 1,
      timeout: 50,
    });
    expect(resolveStartOptions({ durability: null }).durability).toBeNull();
    expect(resolveStartOptions({ id: 'a' })).not.toHaveProperty('durability');
  });

  it('take a delay in every form of a duration', () => {
    expect(resolveStartOptions({ delay: '10s' }).start).toEqual({ kind: 'delay', ms: 10_000 });
    expect(resolveStartOptions({ delay: 500 }).start).toEqual({ kind: 'delay', ms: 500 });
    expect(resolveStartOptions({ delay: 0 }).start).toEqual({ kind: 'now' });
    expect(resolveStartOptions({ delay: '3650d' }).start).toEqual({ kind: 'delay', ms: 315_360_000_000 });
  });

  it('take a Date, and whatever of Temporal knows its epoch milliseconds', () => {
    expect(resolveStartOptions({ schedule: new Date(1_700_000_000_000) }).start).toEqual({
      kind: 'at',
      at: 1_700_000_000_000,
    });
    expect(resolveStartOptions({ schedule: { epochMilliseconds: 1_700_000_000_000.4 } }).start).toEqual({
      kind: 'at',
      at: 1_700_000_000_001,
    });
    expect(resolveStartOptions({ schedule: new Date(-5) }).start).toEqual({ kind: 'at', at: 0 });
  });

  it.each([
    [{ delay: '1s', schedule: new Date() }, 'exclude each other'],
    [{ delay: -1 }, 'option "delay"'],
    [{ delay: Number.NaN }, 'option "delay"'],
    [{ delay: '3651d' }, 'at most ten years'],
    [{ delay: '10 minutes' }, 'option "delay"'],
    [{ delay: null }, 'option "delay"'],
    [{ schedule: new Date(Number.NaN) }, 'an invalid Date'],
    [{ schedule: '*/5 * * * *' }, 'option "schedule"'],
    [{ schedule: 5 }, 'option "schedule"'],
    [{ schedule: null }, 'option "schedule"'],
    [{ schedule: { epochMilliseconds: '5' } }, 'option "schedule"'],
    [{ schedule: { epochMilliseconds: 1e300 } }, 'option "schedule"'],
    [{ schedule: { epochMilliseconds: 5n } }, 'option "schedule"'],
    [{ durability: {} }, 'option "durability.replicas" must be a whole number from 1 to 100'],
    [{ durability: { replicas: 0 } }, 'option "durability.replicas"'],
    [{ durability: { replicas: 1.5 } }, 'option "durability.replicas"'],
    [{ durability: { replicas: 1, timeout: 0 } }, 'option "durability.timeout" must be 1 ms to 4 s'],
    [{ durability: { replicas: 1, timeout: '4001ms' } }, 'option "durability.timeout"'],
    [{ durability: { replicas: 1, within: 5 } }, 'option "durability.within" does not exist'],
    [{ durability: 1 }, 'option "durability" must be an object'],
    [{ id: '' }, 'a task id'],
    [{ id: 'a b' }, 'a task id'],
    [{ id: 7 }, 'a task id'],
    [{ dealy: '5s' }, 'start option "dealy" does not exist'],
    ['5s', 'start options must be an object'],
    [null, 'start options must be an object'],
  ])('%o are refused', (options, message) => {
    expect(() => resolve(options)).toThrow(ConfigError);
    expect(() => resolve(options)).toThrow(message);
  });
});

describe('headers', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, '']));

  it('are at most 32', () => {
    expect(Object.keys(resolve({ headers: many(32) }).headers)).toHaveLength(32);
    expect(() => resolve({ headers: many(33) })).toThrow('has 33 entries; at most 32 travel');
  });

  it('take at most 8 KiB together, in bytes and not in characters', () => {
    expect(resolve({ headers: { ab: 'x'.repeat(8_190) } }).headers['ab']).toHaveLength(8_190);
    expect(() => resolve({ headers: { ab: 'x'.repeat(8_191) } })).toThrow('takes 8193 bytes');
    expect(() => resolve({ headers: { a: 'ä'.repeat(4_096) } })).toThrow('takes 8193 bytes');
  });

  it.each([
    [{ a: 5 }],
    [{ a: null }],
    [{ a: undefined }],
    [{ '': 'x' }],
    [JSON.parse('{"__proto__":"x"}')],
    [['a']],
    [new Map()],
    ['a'],
    [5],
  ])('%o are refused', (headers) => {
    expect(() => resolve({ headers })).toThrow(ConfigError);
  });

  it('stay out of the message when refused: they may be credentials', () => {
    expect(() => resolve({ headers: { token: ['secret'] } })).toThrow(
      /^header "token" must be a text; got object$/,
    );
  });
});
