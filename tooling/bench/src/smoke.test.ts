import { expect, it } from 'vitest';
import { measureAll } from './measure-all.ts';
import { rowsOf } from './rows.ts';
import { drains } from './scenarios/drains.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { type Size, sizes } from './size.ts';
import { openStage } from './stages.ts';
import { findPostgresSource } from './stores/postgres-store.ts';
import { type SystemName, systemNames } from './systems.ts';

const tiny: Size = { ...sizes.quick, rounds: 1, tasks: 500, roundTrips: 5 };
// A lean variant is another one's code with other settings.
const adapters = systemNames.filter((name) => !name.endsWith('-lean'));

it.concurrent.each<[SystemName]>(adapters.map((name) => [name]))(
  '%s enqueues, drains and answers in processes of its own',
  async (name) => {
    const postgres = await findPostgresSource();
    await using stage = await openStage(name, { profile: null, postgres, workers: 1 });
    if (stage === null) return;
    const scenarios = [...drains.filter((drain) => drain.name === 'drain-32'), roundTrip];
    const measured = await measureAll({ stages: [stage], scenarios, size: tiny, log: () => undefined });
    for (const { figures, notes } of measured) {
      expect([...notes]).toEqual([]);
      for (const figure of figures.get(name) ?? []) expect(figure).toBeGreaterThan(0);
    }
    expect(rowsOf(measured)[0]?.metric).toContain('drain');
  },
  60_000,
);
