import { describe, expect, it } from 'vitest';
import { Courtesy } from './courtesy.ts';

function putOff(...times: readonly number[]): Courtesy {
  const courtesy = new Courtesy();
  for (const time of times) courtesy.putOff(time);
  return courtesy;
}

describe('the courtesy towards workers that have a handler', () => {
  it.each([
    ['before a task that was put off becomes ready', 999, 0],
    ['when it does', 1_000, 150],
    ['shortly after', 1_100, 50],
    ['when they have had their time', 1_150, 0],
  ])('%s, at %i: hold back for %i ms', (_when, moment, ms) => {
    expect(putOff(1_000, 60_000).at(moment)).toBe(ms);
  });

  it('is not needed where nothing was put off', () => {
    expect(putOff().at(5)).toBe(0);
  });

  it('ends with the last of several', () => {
    expect(putOff(1_000, 1_100, 5_000).at(1_120)).toBe(130);
  });
});
