import { expect, it } from 'vitest';
import { measureAll } from './measure-all.ts';
import { rowsOf } from './rows.ts';
import type { Scenario } from './scenario.ts';
import { drains } from './scenarios/drains.ts';
import { enqueueEach } from './scenarios/enqueue.ts';
import { roundTrip } from './scenarios/round-trip.ts';
import { type Size, sizes } from './size.ts';
import { openStage } from './stages.ts';
import { findPostgresSource } from './stores/postgres-store.ts';
import { type SystemName, systemNames } from './systems.ts';

const tiny: Size = {
  ...sizes.quick,
  rounds: 1,
  warmUp: 500,
  warmUpTrips: 5,
  tasks: 500,
  drainTasks: 500,
  roundTrips: 5,
};
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

it('a system that hangs is told of, gets new processes, and is measured again', async () => {
  await using stage = await openStage('floor', { profile: null, postgres: null, workers: 1 });
  if (stage === null) throw new Error('the floor needs no PostgreSQL');
  let hanging = 0;
  const hangsOnce: Scenario = {
    ...enqueueEach,
    measure: async (given, size) => {
      const { pid } = given.producer;
      if (hanging !== 0) return enqueueEach.measure(given, size);
      hanging = pid;
      await given.begin();
      await given.producer.request({ kind: 'sequence', count: 1_000_000_000 }, 200);
      throw new Error('it was done');
    },
  };
  const size = { ...tiny, rounds: 2 };
  const measured = await measureAll({ stages: [stage], scenarios: [hangsOnce], size, log: () => undefined });
  expect(measured[0]?.notes.get('floor')).toBe('hung in 1 of 2 rounds');
  expect(measured[0]?.figures.get('floor')).toEqual([expect.any(Number)]);
  expect(stage.producer.pid).not.toBe(hanging);
}, 60_000);

it('a system on PostgreSQL is left out where there is none', async () => {
  expect(await openStage('graphile-worker', { profile: null, postgres: null })).toBeNull();
});

it('a round more is left out when the time is over, but not one of those that there are to be', async () => {
  await using stage = await openStage('floor', { profile: null, postgres: null, workers: 1 });
  if (stage === null) throw new Error('the floor needs no PostgreSQL');
  const size = { ...tiny, rounds: 3, leastRounds: 2, budget: 0 };
  const measured = await measureAll({
    stages: [stage],
    scenarios: [enqueueEach],
    size,
    log: () => undefined,
  });
  expect(measured[0]?.figures.get('floor')).toHaveLength(2);
}, 60_000);
