import type { FireReply } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import {
  restOf,
  type Standing,
  standingAfterDefine,
  standingAfterDefineError,
  standingAfterFire,
  standingAfterFireError,
  standingAfterReconnect,
  unknownStanding,
} from './standing.ts';

const now = 1_800_000_000_000;
const defined: Standing = { due: now + 60_000, defineAt: 300_000, fireAt: 0 };
const after = (reply: FireReply, at = 5_000): Standing => standingAfterFire(defined, reply, at, 0.5);

describe('the standing of a schedule', () => {
  it('begins with a definition, at once', () => {
    expect(restOf(unknownStanding, 0, now)).toBe(0);
  });

  it.each(['defined', 'kept'] as const)('rests until the slot that is due once it is %s', (kind) => {
    const standing = standingAfterDefine({ kind, now, due: now + 7_000 }, 1_000, 0.5);
    expect(standing.due).toBe(now + 7_000);
    expect(restOf(standing, 1_000, now)).toBe(7_000);
    expect(restOf(standing, 9_000, now + 8_000)).toBe(0);
  });

  it('is asserted again after five minutes, a quarter more or less', () => {
    const spread = [0, 0.5, 1].map(
      (random) => standingAfterDefine({ kind: 'kept', now, due: now }, 1_000, random).defineAt,
    );
    expect(spread).toEqual([226_000, 301_000, 376_000]);
  });

  it('fires nothing while a newer definition holds, and asks again within 75 s', () => {
    const standing = standingAfterDefine({ kind: 'superseded', now, due: now - 1 }, 1_000, 1);
    expect(standing).toEqual({ due: null, defineAt: 76_000, fireAt: 0 });
    expect(restOf(standing, 1_000, now)).toBe(75_000);
  });

  it.each(['fired', 'skipped', 'already'] as const)(
    'goes on to the slot that Redis names when one was %s',
    (kind) => {
      expect(after({ kind, now, due: now + 120_000 })).toMatchObject({ due: now + 120_000, fireAt: 0 });
    },
  );

  it.each([
    ['fired', 35_000],
    ['skipped', 35_000],
    ['already', defined.defineAt],
  ] as const)(
    'is asserted half a minute after it has moved a slot on, and no sooner for others that did: %s',
    (kind, defineAt) => {
      expect(after({ kind, now, due: now + 120_000 }).defineAt).toBe(defineAt);
      const sooner = { ...defined, defineAt: 7_000 };
      expect(standingAfterFire(sooner, { kind, now, due: now }, 5_000, 0.5).defineAt).toBe(7_000);
    },
  );

  it('is defined again when Redis knows no slot', () => {
    expect(after({ kind: 'already', now, due: null })).toMatchObject({ due: null, defineAt: 5_000 });
  });

  it.each([null, now])('is defined again when another definition holds (due %s)', (due) => {
    expect(after({ kind: 'stale', now, due })).toMatchObject({ due: null, defineAt: 5_000 });
  });

  it.each([
    ['for as long as Redis says', now + 40, 5_040],
    ['for a second at most', now + 90_000, 6_000],
    ['for a moment at least', now, 5_001],
  ])('waits when it was early: %s', (_rule, due, fireAt) => {
    expect(after({ kind: 'early', now, due })).toMatchObject({ due: defined.due, fireAt });
  });

  it('is left alone for a second after an error; one that cannot be defined is fired', () => {
    const due = { ...defined, due: now - 1, defineAt: 0 };
    expect(restOf(standingAfterFireError({ ...due, defineAt: 9_000 }, 5_000), 5_000, now)).toBe(1_000);
    const undefinable = standingAfterDefineError(due, 5_000);
    expect(undefinable).toEqual({ ...due, defineAt: 35_000 });
    expect(restOf(undefinable, 5_000, now)).toBe(0);
    expect(standingAfterDefineError(unknownStanding, 5_000).defineAt).toBe(6_000);
  });

  it('is asserted within two seconds after Redis came back, and no later than it was to be', () => {
    const spread = [0, 0.5, 1].map((random) => standingAfterReconnect(defined, 5_000, random).defineAt);
    expect(spread).toEqual([5_000, 6_000, 7_000]);
    expect(standingAfterReconnect({ ...defined, defineAt: 5_500 }, 5_000, 1).defineAt).toBe(5_500);
  });
});
