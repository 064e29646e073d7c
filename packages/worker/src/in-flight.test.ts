import { noTries } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { Flight } from './execution/flight.ts';
import { InFlight } from './in-flight.ts';

const create = (id: string, claim: number, crashes = 0): Flight =>
  new Flight(
    { id, claim, tries: { ...noTries, crashes }, nonce: '', lock: '', ttl: null, envelope: null },
    30_000,
  );

interface Holding {
  readonly held: InFlight;
  readonly flights: readonly Flight[];
}

function holding(claim: number, ids: readonly string[], { hasSuspect = false, crashes = 0 } = {}): Holding {
  const held = new InFlight();
  const flights = ids.map((id) => create(id, claim, crashes));
  held.openClaim(
    claim,
    flights.map(({ delivery }) => delivery),
    hasSuspect,
  );
  for (const flight of flights) held.add(flight);
  return { held, flights };
}

describe('what a worker holds', () => {
  it('holds a delivery until the call that settles it was answered', () => {
    const { held, flights } = holding(1, ['a']);
    for (const flight of flights) held.settling(flight);
    expect([held.size, held.find('a'), held.has('a', 1)]).toEqual([0, undefined, true]);
    held.done(1);
    held.settled({ id: 'a', claim: 1 });
    expect(held.has('a', 1)).toBe(false);
  });

  it('names a claim as finished with the call that carries the last of its outcomes, once', () => {
    const { held } = holding(1, ['a', 'b']);
    held.done(1);
    expect(held.takeFinished()).toEqual([]);
    held.done(1);
    expect(held.takeFinished()).toEqual([1]);
    expect(held.takeFinished()).toEqual([]);
  });

  it('counts what was dropped without an outcome', () => {
    const { held, flights } = holding(3, ['a']);
    for (const flight of flights) held.dropped(flight);
    expect([held.size, held.has('a', 3), held.takeFinished()]).toEqual([0, false, [3]]);
  });

  it('tells claims of one id apart: a task may come back while its last outcome is under way', () => {
    const { held, flights } = holding(1, ['a']);
    for (const flight of flights) held.settling(flight);
    const again = create('a', 2);
    held.openClaim(2, [again.delivery], false);
    held.add(again);
    held.settled({ id: 'a', claim: 1 });
    expect([held.size, held.has('a', 1), held.has('a', 2)]).toEqual([1, false, true]);
  });

  it('holds a suspect until all of its claim is settled', () => {
    const { held } = holding(1, ['a'], { hasSuspect: true, crashes: 2 });
    expect([held.holdsSuspect, held.holdsCrashed]).toEqual([true, true]);
    held.done(1);
    expect([held.holdsSuspect, held.holdsCrashed]).toEqual([false, false]);
  });

  it('knows of tasks that a worker has crashed with, suspects or not', () => {
    const { held } = holding(1, ['a'], { crashes: 1 });
    expect([held.holdsSuspect, held.holdsCrashed]).toEqual([false, true]);
  });

  it('has nothing to finish for a claim that brought nothing', () => {
    const { held } = holding(1, []);
    expect(held.takeFinished()).toEqual([]);
  });

  it('names what runs, and not what waits for a slot', () => {
    const { held, flights } = holding(1, ['a', 'b']);
    expect(held.names()).toEqual([]);
    const [first] = flights;
    if (first !== undefined) first.isStarted = true;
    expect(held.names()).toEqual(['unknown']);
  });
});
