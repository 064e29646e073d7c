import { expect, it } from 'vitest';
import { measureAll } from './measure-all.ts';
import { rowsOf } from './rows.ts';
import { drains } from './scenarios/drains.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { type Size, sizes } from './size.ts';
import { openStage } from './stages.ts';
import { findPostgresSource } from './stores/postgres-store.ts';
import { type SystemName, systemNames } from './systems.ts';

const tiny: Size = { ...sizes.quick, rounds: 1, tasks: 1_500, roundTrips: 5 };

it.each<[SystemName]>(systemNames.map((name) => [name]))(
  '%s enqueues, drains and answers in processes of its own',
  async (name) => {
    await using stage = await openStage(name, { profile: null, postgres: await findPostgresSource() });
    if (stage === null) return;
    const scenarios = [...drains.slice(-1), roundTrip];
    const measured = await measureAll({ stages: [stage], scenarios, size: tiny, log: () => undefined });
    for (const { figures, notes } of measured) {
      expect([...notes]).toEqual([]);
      for (const figure of figures.get(name) ?? []) expect(figure).toBeGreaterThan(0);
    }
    expect(rowsOf(measured)[0]?.metric).toContain('drain');
  },
  60_000,
);
