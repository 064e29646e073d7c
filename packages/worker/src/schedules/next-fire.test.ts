import { describe, expect, it } from 'vitest';
import { lastMissed, never, nextFire } from './next-fire.ts';

const at = (iso: string): number => Date.parse(iso);
const newYork = 'America/New_York';

/** The first slots after an instant, as times of day in UTC when `on` names the date they share. */
function slots(tab: string, tz: string, after: string, count: number): string[] {
  const found: string[] = [];
  let from = at(after);
  for (let index = 0; index < count; index += 1) {
    from = nextFire(tab, tz, from);
    found.push(new Date(from).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

describe('nextFire', () => {
  it.each([
    [
      'five fields begin with the minute',
      '30 9 * * *',
      '2027-01-04T00:00Z',
      ['2027-01-04T09:30Z', '2027-01-05T09:30Z'],
    ],
    [
      'six fields begin with the second',
      '0 30 9 * * *',
      '2027-01-04T00:00Z',
      ['2027-01-04T09:30Z', '2027-01-05T09:30Z'],
    ],
    ['seven fields end with the year', '0 0 9 1 1 * 2030', '2027-01-04T00:00Z', ['2030-01-01T09:00Z']],
    [
      'weekdays may be names',
      '30 9 * * mon-fri',
      '2027-01-01T12:00Z',
      ['2027-01-04T09:30Z', '2027-01-05T09:30Z'],
    ],
    [
      'months may be names',
      '0 0 1 JAN,jul *',
      '2027-01-04T00:00Z',
      ['2027-07-01T00:00Z', '2028-01-01T00:00Z'],
    ],
    ['@hourly', '@hourly', '2027-01-04T00:30Z', ['2027-01-04T01:00Z', '2027-01-04T02:00Z']],
    ['@daily', '@daily', '2027-01-04T00:30Z', ['2027-01-05T00:00Z', '2027-01-06T00:00Z']],
    ['@weekly is Sunday', '@weekly', '2027-01-04T00:30Z', ['2027-01-10T00:00Z', '2027-01-17T00:00Z']],
    ['@monthly', '@monthly', '2027-01-04T00:30Z', ['2027-02-01T00:00Z', '2027-03-01T00:00Z']],
    ['@yearly', '@yearly', '2027-01-04T00:30Z', ['2028-01-01T00:00Z', '2029-01-01T00:00Z']],
    [
      'a day and a weekday together mean either',
      '0 0 13 * 5',
      '2026-11-01T00:00Z',
      ['2026-11-06T00:00Z', '2026-11-13T00:00Z'],
    ],
    [
      '29 February waits for a leap year',
      '0 0 29 2 *',
      '2027-01-04T00:00Z',
      ['2028-02-29T00:00Z', '2032-02-29T00:00Z'],
    ],
    ['the century without a leap day', '0 0 29 2 *', '2096-03-01T00:00Z', ['2104-02-29T00:00Z']],
    [
      'the 31st skips short months',
      '0 0 31 * *',
      '2027-01-31T00:00Z',
      ['2027-03-31T00:00Z', '2027-05-31T00:00Z'],
    ],
    [
      'L is the last day of a month',
      '0 0 L * *',
      '2028-02-01T00:00Z',
      ['2028-02-29T00:00Z', '2028-03-31T00:00Z'],
    ],
  ])('%s', (_rule, tab, after, expected) => {
    expect(slots(tab, 'UTC', after, expected.length)).toEqual(expected);
  });

  it('answers a slot strictly after the given time', () => {
    const slot = at('2027-01-04T09:30Z');
    expect(nextFire('30 9 * * *', 'UTC', slot - 1)).toBe(slot);
    expect(nextFire('30 9 * * *', 'UTC', slot)).toBe(at('2027-01-05T09:30Z'));
    expect(nextFire('* * * * * *', 'UTC', slot + 999)).toBe(slot + 1_000);
  });

  it.each([
    ['a date that does not exist', '0 0 30 2 *'],
    ['a year that is over', '0 0 0 1 1 * 2020'],
  ])('answers never for %s', (_why, tab) => {
    expect(nextFire(tab, 'UTC', at('2027-01-04T00:00Z'))).toBe(never);
  });

  it('reads the tab in the zone, through a change of clocks', () => {
    const madrid = ['2027-03-27T08:30Z', '2027-03-28T07:30Z', '2027-03-29T07:30Z'];
    expect(slots('30 9 * * *', 'Europe/Madrid', '2027-03-27T00:00Z', 3)).toEqual(madrid);
    expect(slots('30 9 * * *', 'Asia/Kolkata', '2027-03-27T00:00Z', 1)).toEqual(['2027-03-27T04:00Z']);
    expect(slots('30 9 * * *', 'Asia/Kathmandu', '2027-03-27T00:00Z', 1)).toEqual(['2027-03-27T03:45Z']);
  });
});

/** Clocks go forward: New York 2027-03-14 2:00 → 3:00 (07:00Z), Madrid 2027-03-28 2:00 → 3:00 (01:00Z). */
describe('in the hour that is skipped', () => {
  it.each([
    [
      'a spelled-out time runs at the first instant after it',
      newYork,
      '30 2 * * *',
      '2027-03-13T12:00Z',
      ['2027-03-14T07:00Z', '2027-03-15T06:30Z'],
    ],
    [
      'the same in Madrid',
      'Europe/Madrid',
      '30 2 * * *',
      '2027-03-27T12:00Z',
      ['2027-03-28T01:00Z', '2027-03-29T00:30Z'],
    ],
    [
      'several spelled-out times run once',
      newYork,
      '15,45 2 * * *',
      '2027-03-14T06:30Z',
      ['2027-03-14T07:00Z', '2027-03-15T06:15Z'],
    ],
    [
      'one that meets the slot after the gap runs once',
      newYork,
      '0 1-3 * * *',
      '2027-03-14T05:30Z',
      ['2027-03-14T06:00Z', '2027-03-14T07:00Z', '2027-03-15T05:00Z'],
    ],
    [
      'a list of hours keeps its number of runs',
      newYork,
      '30 2,14 * * *',
      '2027-03-14T00:00Z',
      ['2027-03-14T07:00Z', '2027-03-14T18:30Z', '2027-03-15T06:30Z'],
    ],
    [
      'an hourly tab goes on by the time that passes',
      newYork,
      '30 * * * *',
      '2027-03-14T06:00Z',
      ['2027-03-14T06:30Z', '2027-03-14T07:30Z'],
    ],
    [
      'a step goes on by the time that passes',
      newYork,
      '*/15 * * * *',
      '2027-03-14T06:30Z',
      ['2027-03-14T06:45Z', '2027-03-14T07:00Z', '2027-03-14T07:15Z'],
    ],
    [
      'a wildcard minute of the skipped hour does not run',
      newYork,
      '* 2 * * *',
      '2027-03-14T06:30Z',
      ['2027-03-15T06:00Z'],
    ],
    [
      'half an hour on Lord Howe',
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2027-10-02T00:00Z',
      ['2027-10-02T15:30Z', '2027-10-03T15:15Z'],
    ],
    [
      'a midnight that does not exist',
      'America/Santiago',
      '@daily',
      '2027-09-04T12:00Z',
      ['2027-09-05T04:00Z', '2027-09-06T03:00Z'],
    ],
  ])('%s', (_rule, tz, tab, after, expected) => {
    expect(slots(tab, tz, after, expected.length)).toEqual(expected);
  });
});

/** Clocks go back: New York 2027-11-07 2:00 → 1:00 (06:00Z), Madrid 2027-10-31 3:00 → 2:00 (01:00Z). */
describe('in the hour that is repeated', () => {
  it.each([
    [
      'a spelled-out time runs the first time only',
      newYork,
      '30 1 * * *',
      '2027-11-07T04:00Z',
      ['2027-11-07T05:30Z', '2027-11-08T06:30Z'],
    ],
    [
      'the same in Madrid',
      'Europe/Madrid',
      '30 2 * * *',
      '2027-10-30T12:00Z',
      ['2027-10-31T00:30Z', '2027-11-01T01:30Z'],
    ],
    [
      'a list of minutes too',
      newYork,
      '0,30 1 * * *',
      '2027-11-07T04:30Z',
      ['2027-11-07T05:00Z', '2027-11-07T05:30Z', '2027-11-08T06:00Z'],
    ],
    [
      'a range of hours too',
      newYork,
      '0 0-2 * * *',
      '2027-11-07T03:30Z',
      ['2027-11-07T04:00Z', '2027-11-07T05:00Z', '2027-11-07T07:00Z', '2027-11-08T05:00Z'],
    ],
    ['asked in between, it is over', newYork, '30 1 * * *', '2027-11-07T05:45Z', ['2027-11-08T06:30Z']],
    [
      'an hourly tab runs twice',
      newYork,
      '@hourly',
      '2027-11-07T04:30Z',
      ['2027-11-07T05:00Z', '2027-11-07T06:00Z', '2027-11-07T07:00Z'],
    ],
    [
      'a step in a fixed hour runs twice',
      newYork,
      '*/30 1 * * *',
      '2027-11-07T04:30Z',
      [
        '2027-11-07T05:00Z',
        '2027-11-07T05:30Z',
        '2027-11-07T06:00Z',
        '2027-11-07T06:30Z',
        '2027-11-08T06:00Z',
      ],
    ],
    [
      'half an hour on Lord Howe, spelled out',
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2027-04-03T00:00Z',
      ['2027-04-03T14:45Z', '2027-04-04T15:15Z'],
    ],
    [
      'half an hour on Lord Howe, by steps',
      'Australia/Lord_Howe',
      '*/30 * * * *',
      '2027-04-03T14:00Z',
      ['2027-04-03T14:30Z', '2027-04-03T15:00Z', '2027-04-03T15:30Z', '2027-04-03T16:00Z'],
    ],
  ])('%s', (_rule, tz, tab, after, expected) => {
    expect(slots(tab, tz, after, expected.length)).toEqual(expected);
  });
});

describe('lastMissed', () => {
  const due = at('2027-01-04T09:00Z');
  const missed = (now: string, maxDrift: number | null): string | null => {
    const slot = lastMissed('0 * * * *', 'UTC', due, at(now), maxDrift);
    return slot === null ? null : new Date(slot).toISOString();
  };

  it('answers nothing before the slot that is due', () => {
    expect(missed('2027-01-04T08:59:59.999Z', null)).toBeNull();
  });

  it('answers the due slot from its very millisecond on', () => {
    expect(missed('2027-01-04T09:00Z', 1_000)).toBe('2027-01-04T09:00:00.000Z');
    expect(missed('2027-01-04T09:59:59.999Z', null)).toBe('2027-01-04T09:00:00.000Z');
  });

  it('collapses several missed slots into the latest', () => {
    expect(missed('2027-01-06T17:20Z', null)).toBe('2027-01-06T17:00:00.000Z');
    expect(missed('2027-01-06T17:00Z', null)).toBe('2027-01-06T17:00:00.000Z');
  });

  it('passes over a slot that is later than the allowed drift, to the millisecond', () => {
    expect(missed('2027-01-04T09:10Z', 600_000)).toBe('2027-01-04T09:00:00.000Z');
    expect(missed('2027-01-04T09:10:00.001Z', 600_000)).toBeNull();
  });

  it('counts the drift from the latest missed slot, not from the first', () => {
    expect(missed('2027-01-06T17:05Z', 600_000)).toBe('2027-01-06T17:00:00.000Z');
  });

  it('takes a due slot that the tab does not know for a slot', () => {
    const odd = at('2027-01-04T09:17:23Z');
    expect(lastMissed('0 * * * *', 'UTC', odd, odd + 1_000, null)).toBe(odd);
  });

  it.each([
    [newYork, '2027-03-14T00:00Z'],
    [newYork, '2027-11-07T00:00Z'],
    ['Europe/Madrid', '2027-03-27T20:00Z'],
    ['Europe/Madrid', '2027-10-30T20:00Z'],
    ['Australia/Lord_Howe', '2027-04-03T06:00Z'],
    ['Australia/Lord_Howe', '2027-10-02T06:00Z'],
  ])('looks back on the slots that nextFire looks forward to: %s from %s', (tz, start) => {
    for (const tab of [
      '30 2 * * *',
      '30 1 * * *',
      '15,45 2 * * *',
      '0 0-3 * * *',
      '*/15 * * * *',
      '30 * * * *',
      '*/20 1-2 * * *',
    ]) {
      let slot = nextFire(tab, tz, at(start));
      for (let index = 0; index < 12; index += 1) {
        const following = nextFire(tab, tz, slot);
        expect(lastMissed(tab, tz, at(start) + 1, slot, null)).toBe(slot);
        expect(lastMissed(tab, tz, at(start) + 1, following - 1, null)).toBe(slot);
        slot = following;
      }
    }
  });
});
