import { defaultCodec } from '@q/core';
import { describe, expect, it } from 'vitest';
import { clientDefaults, resolveClientOptions } from './client-options.ts';

const redis = 'redis://localhost';

describe('client options', () => {
  it('are what their documentation says when they are left out', () => {
    expect(clientDefaults).toEqual({
      queue: 'default',
      codec: defaultCodec,
      deadline: 10_000,
      durability: null,
    });
    expect(resolveClientOptions({ redis })).toEqual({ redis, ...clientDefaults });
  });

  it('keep their defaults when they are given as undefined', () => {
    const given = { redis, queue: undefined, codec: undefined, deadline: undefined, durability: undefined };
    expect(Reflect.apply(resolveClientOptions, undefined, [given])).toEqual({ redis, ...clientDefaults });
  });

  it.each([50, '31s', -1, 'soon'])('refuse a deadline of %s', (deadline) => {
    expect(() => Reflect.apply(resolveClientOptions, undefined, [{ redis, deadline }])).toThrow(/deadline/);
  });

  it('take the replicas that enqueues wait for', () => {
    const { durability } = resolveClientOptions({ redis, durability: { replicas: 1 } });
    expect(durability).toEqual({ replicas: 1, timeout: 1_000 });
    expect(resolveClientOptions({ redis, durability: null }).durability).toBeNull();
    expect(() => resolveClientOptions({ redis, durability: { replicas: 0 } })).toThrow(
      'option "durability.replicas"',
    );
  });
});
