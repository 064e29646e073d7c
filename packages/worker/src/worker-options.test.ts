import { readFileSync } from 'node:fs';
import { ConfigError } from '@q/core';
import { describe, expect, it } from 'vitest';
import { resolveWorkerOptions, type WorkerOptions, workerDefaults } from './worker-options.ts';

const redis = 'redis://localhost:1';

/** As a program without types would call it. */
const resolveAny = (options: object): unknown => resolveWorkerOptions({ redis, ...options });

describe('worker options', () => {
  it('have the defaults that their descriptions say', () => {
    const source = readFileSync(new URL('./worker-options.ts', import.meta.url), 'utf8');
    const said = [...source.matchAll(/@default (.+?)(?:\n {3}| )\*\/\n {2}readonly (\w+)\?/g)].map(
      ([, value = '', name = '']) => [name, value],
    );
    const written = Object.entries(workerDefaults).map(([name, value]) => [
      name,
      typeof value === 'string' ? `'${value}'` : String(value),
    ]);
    expect(said).toEqual(expect.arrayContaining(written));
    expect(said).toHaveLength(written.length + 4);
  });

  it('become milliseconds', () => {
    expect(resolveWorkerOptions({ redis })).toMatchObject({
      queue: 'default',
      concurrency: 32,
      prefetch: 400,
      tz: 'UTC',
      lease: 30_000,
      gracePeriod: 25_000,
      abandonAfter: 60_000,
      maxBlock: 300_000,
      allowEviction: false,
      lifespan: null,
    });
  });

  it('keep their default when they are undefined', () => {
    const nothing = Object.fromEntries(Object.keys(workerDefaults).map((name) => [name, undefined]));
    const { label, ...rest } = resolveWorkerOptions({ redis, ...nothing });
    expect(rest).toEqual({ ...resolveWorkerOptions({ redis }), label: undefined });
    expect(label).toMatch(/^[A-Za-z0-9_.-]+$/);
  });

  it('may switch off claims ahead of the slots', () => {
    expect(resolveWorkerOptions({ redis, prefetch: 0 }).prefetch).toBe(0);
  });

  it.each([
    { concurency: 3 },
    { concurrency: 0 },
    { concurrency: 1.5 },
    { concurrency: '3' },
    { concurrency: null },
    { prefetch: -1 },
    { prefetch: 1_001 },
    { prefetch: '0' },
    { prefetch: null },
    { lease: '999ms' },
    { lease: '2h' },
    { lease: 'soon' },
    { gracePeriod: -1 },
    { maxBlock: 5 },
    { queue: 'a:b' },
    { id: 'my worker' },
    { tz: 'Mars/Olympus' },
    { tz: 3 },
    { logger: { info() {} } },
    { logger: null },
    { lifespan: {} },
    { allowEviction: 'yes' },
    { codec: {} },
    { redis: undefined },
  ])('refuse %o, naming the option', (options) => {
    expect(() => resolveAny(options)).toThrow(ConfigError);
  });

  it('name the option that does not exist, and those that do', () => {
    const given: WorkerOptions & { concurency: number } = { redis, concurency: 3 };
    expect(() => resolveWorkerOptions(given)).toThrow(/"concurency" does not exist; known are .*concurrency/);
  });
});
