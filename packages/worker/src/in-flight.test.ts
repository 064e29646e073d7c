import { noTries, type SettleItem } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { Flight } from './execution/flight.ts';
import { InFlight } from './in-flight.ts';

const create = (id: string, claim: number, crashes = 0): Flight =>
  new Flight(
    { id, claim, tries: { ...noTries, crashes }, nonce: '', lock: '', ttl: null, envelope: null },
    30_000,
  );

const released = (id: string, claim: number): SettleItem => ({
  id,
  claim,
  outcome: { kind: 'release', tries: null, lock: '' },
});

const nothing = { finished: [], finishedInParts: [] };

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
    held.doneWith([released('a', 1)]);
    expect(held.takeFinished([released('a', 1)])).toEqual(nothing);
    held.doneWith([released('b', 1)]);
    expect(held.takeFinished([released('b', 1)])).toEqual({ finished: [], finishedInParts: [1] });
    expect(held.takeFinished([])).toEqual(nothing);
  });

  it('tells a claim that one call settles whole from one that earlier calls have settled a part of', () => {
    const { held } = holding(1, ['a', 'b']);
    held.openClaim(2, [{ tries: noTries }], false);
    const sent = [released('a', 1), released('b', 1)];
    held.done(2);
    held.doneWith(sent);
    expect(held.takeFinished(sent)).toEqual({ finished: [1], finishedInParts: [2] });
  });

  it('counts the lock of a run that ended late for no claim', () => {
    const { held } = holding(1, ['a']);
    const sent = [released('a', 1), { id: 'x', claim: 1, outcome: { kind: 'unlock', lock: 'l' } } as const];
    held.doneWith(sent);
    expect(held.takeFinished(sent)).toEqual({ finished: [1], finishedInParts: [] });
  });

  it('counts once more what Redis says is held and is unknown here, also of a claim that was finished', () => {
    const { held } = holding(1, ['a', 'b']);
    held.done(1);
    held.reopen(1);
    held.done(1);
    expect(held.takeFinished([])).toEqual(nothing);
    held.done(1);
    expect(held.takeFinished([])).toEqual({ finished: [], finishedInParts: [1] });
    held.reopen(1);
    held.doneWith([released('a', 1)]);
    expect(held.takeFinished([released('a', 1)])).toEqual({ finished: [], finishedInParts: [1] });
  });

  it('counts what was dropped without an outcome', () => {
    const { held, flights } = holding(3, ['a']);
    for (const flight of flights) held.dropped(flight);
    expect([held.size, held.has('a', 3)]).toEqual([0, false]);
    expect(held.takeFinished([])).toEqual({ finished: [], finishedInParts: [3] });
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
    expect(held.takeFinished([])).toEqual(nothing);
  });

  it('names what runs, and not what waits for a slot', () => {
    const { held, flights } = holding(1, ['a', 'b']);
    expect(held.names()).toEqual([]);
    const [first] = flights;
    if (first !== undefined) first.isStarted = true;
    expect(held.names()).toEqual(['unknown']);
  });
});
