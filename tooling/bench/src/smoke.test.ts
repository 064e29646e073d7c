import { expect, it } from 'vitest';
import { measureAll } from './measure-all.ts';
import { rowOf } from './rows.ts';
import { drains } from './scenarios/drains.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { type Size, sizes } from './size.ts';
import { openStage } from './stage.ts';
import { type SystemName, systemNames } from './systems.ts';

const tiny: Size = { ...sizes.quick, rounds: 1, tasks: 4_000, roundTrips: 5 };

it.each<[SystemName]>(systemNames.map((name) => [name]))(
  '%s enqueues, drains and answers in processes of its own',
  async (name) => {
    await using stage = await openStage(name, null);
    const scenarios = [...drains.slice(-1), roundTrip];
    const measured = await measureAll({ stages: [stage], scenarios, size: tiny, log: () => undefined });
    const rows = measured.map(rowOf);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row[name]).toBeGreaterThan(0);
  },
  60_000,
);
