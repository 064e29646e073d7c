import { ConfigError } from '@q/core';
import { describe, expect, it } from 'vitest';
import { Retry } from './retry.ts';

const startOf = (...given: ConstructorParameters<typeof Retry>) => Retry.startOf(new Retry(...given));

describe('a Retry', () => {
  it('leaves the time to the back-off unless told', () => {
    expect(startOf('again')).toBeNull();
  });

  it.each([
    [{ delay: '2s' } as const, { kind: 'delay', ms: 2_000 }],
    [{ delay: 0 }, { kind: 'delay', ms: 0 }],
    [{ schedule: new Date(5_000) }, { kind: 'at', at: 5_000 }],
    [{ schedule: { epochMilliseconds: 7 } }, { kind: 'at', at: 7 }],
  ])('takes %o', (options, start) => {
    expect(startOf('again', options)).toEqual(start);
  });

  it('keeps its cause', () => {
    const cause = new Error('disk full');
    expect(new Retry('again', { cause }).cause).toBe(cause);
    expect('cause' in new Retry('again')).toBe(false);
  });

  it('refuses a delay together with a date, and a delay that is none', () => {
    expect(() => new Retry('again', { delay: 1, schedule: new Date() })).toThrow(ConfigError);
    expect(() => new Retry('again', { delay: -1 })).toThrow(ConfigError);
  });

  it('is told from other throws without touching them', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('get');
        },
        getPrototypeOf: () => {
          throw new Error('getPrototypeOf');
        },
      },
    );
    expect(Retry.is(new Retry())).toBe(true);
    expect([hostile, new Error('x'), undefined, null, 'Retry'].some(Retry.is)).toBe(false);
  });
});
