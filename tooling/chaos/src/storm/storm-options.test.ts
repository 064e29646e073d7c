import { describe, expect, it } from 'vitest';
import { gateSize, readStormCommand, replayOf } from './storm-options.ts';

describe('the command line of a storm', () => {
  it('has the size of the gate and a seed of its own where nothing is said', () => {
    const { storm, json, report } = readStormCommand([]);
    expect({ ...storm, json, report }).toEqual({
      ...gateSize,
      seed: expect.any(Number),
      json: false,
      report: false,
    });
  });

  it('plays a storm again from what it says of itself', () => {
    const { storm } = readStormCommand(['--seed', '12', '--tasks', '900', '--redis-kills', '0', '--json']);
    const again = replayOf(storm).split(' ').slice(3);
    expect(readStormCommand(again).storm).toEqual(storm);
    expect(storm).toMatchObject({ seed: 12, tasks: 900, redisKills: 0, kills: gateSize.kills });
  });

  it('refuses what it does not know, and what is no number', () => {
    expect(() => readStormCommand(['--quakes', '3'])).toThrow(/quakes/);
    expect(() => readStormCommand(['--tasks', 'many'])).toThrow('--tasks must be a whole number; got "many"');
  });
});
