import { ConfigError } from '@q/core';
import { describe, expect, it } from 'vitest';
import { createSchedule, encodeDefinition } from './schedule.ts';

const plain = {
  name: 'greet',
  tab: '30 9 * * mon-fri',
  tz: 'Europe/Madrid',
  maxDrift: null,
  unique: true,
  ttl: 300_000,
};

describe('createSchedule', () => {
  it('gives two workers with the same definition the same hash, however the tab is spaced', () => {
    expect(createSchedule({ ...plain, tab: ' 30  9 * *\tmon-fri ' })).toEqual(createSchedule(plain));
  });

  it('leaves the name out of the hash and everything else in', () => {
    const { hash } = createSchedule(plain);
    expect(createSchedule({ ...plain, name: 'other' }).hash).toBe(hash);
    const others = [
      { tab: '31 9 * * mon-fri' },
      { tz: 'UTC' },
      { maxDrift: 60_000 },
      { unique: false },
      { ttl: null },
    ];
    const hashes = others.map((change) => createSchedule({ ...plain, ...change }).hash);
    expect(new Set([hash, ...hashes]).size).toBe(others.length + 1);
  });

  it.each([
    '* * * *',
    '61 * * * *',
    '* * * * * * * *',
    '',
    '@reboot',
    '@never',
    '2027-01-01T00:00:00Z',
    'x y z a b',
    '1/5 * * * *',
    '0 0 30 2 *',
    undefined,
    5,
  ])('refuses the tab "%s"', (tab) => {
    expect(() => createSchedule({ ...plain, tab })).toThrow(ConfigError);
    expect(() => createSchedule({ ...plain, tab })).toThrow(
      /^schedule "greet": .* is not a crontab of 5 fields .* such as '0 9 \* \* \*'/,
    );
  });

  it.each([
    '* * * * *',
    '*/5 * * * * *',
    '0 0 0 1 1 * 2031',
    '@daily',
    '@hourly',
    '0 0 L * *',
    '0 0 * jan sun',
  ])('takes the tab "%s"', (tab) => {
    expect(createSchedule({ ...plain, tab }).tab).toBe(tab);
  });

  it.each(['Nowhere/Land', '', '+02:00', 'Europe/Madrid;'])('refuses the zone "%s"', (tz) => {
    expect(() => createSchedule({ ...plain, tz })).toThrow(ConfigError);
  });

  it('refuses a name too long for the ids of its occurrences', () => {
    expect(() => createSchedule({ ...plain, name: 'n'.repeat(101) })).toThrow(ConfigError);
    expect(createSchedule({ ...plain, name: 'n'.repeat(100) }).name).toHaveLength(100);
  });

  it.each([0, 999, -1, 1.5, Number.NaN])('refuses to pass over slots that are %s ms late', (maxDrift) => {
    expect(() => createSchedule({ ...plain, maxDrift })).toThrow('maxScheduleDrift');
  });

  it('tells readers of Redis what the schedule is', () => {
    expect(JSON.parse(encodeDefinition(createSchedule(plain)))).toEqual({
      tab: '30 9 * * mon-fri',
      tz: 'Europe/Madrid',
      maxDrift: null,
      unique: true,
      ttl: 300_000,
    });
  });
});
