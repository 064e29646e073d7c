import { noTries } from '@q/core/wire';
import { describe, expect, it } from 'vitest';
import { Flight } from './execution/flight.ts';
import { InFlight } from './in-flight.ts';

const flight = (id: string, claim: number): Flight =>
  new Flight({ id, claim, tries: noTries, nonce: '', lock: '', ttl: null, envelope: null }, 30_000);

function holding(claim: number, ...ids: readonly string[]): InFlight {
  const held = new InFlight();
  held.openClaim(claim, ids.length, false);
  for (const id of ids) held.add(flight(id, claim));
  return held;
}

describe('what a worker holds', () => {
  it('holds a delivery until the call that settles it was answered', () => {
    const held = holding(1, 'a');
    held.settling({ id: 'a', claim: 1 });
    expect([held.size, held.has('a', 1)]).toEqual([0, true]);
    held.sending({ id: 'a', claim: 1 });
    held.settled({ id: 'a', claim: 1 });
    expect(held.has('a', 1)).toBe(false);
  });

  it('names a claim as finished with the call that carries the last of its outcomes, once', () => {
    const held = holding(1, 'a', 'b');
    held.settling({ id: 'a', claim: 1 });
    held.settling({ id: 'b', claim: 1 });
    held.sending({ id: 'a', claim: 1 });
    expect(held.takeFinished()).toEqual([]);
    held.sending({ id: 'b', claim: 1 });
    expect(held.takeFinished()).toEqual([1]);
    expect(held.takeFinished()).toEqual([]);
  });

  it('counts what was dropped without an outcome', () => {
    const held = holding(3, 'a');
    held.dropped({ id: 'a', claim: 3 });
    expect([held.size, held.has('a', 3), held.takeFinished()]).toEqual([0, false, [3]]);
  });

  it('tells claims of one id apart: a task may come back while its last outcome is under way', () => {
    const held = holding(1, 'a');
    held.settling({ id: 'a', claim: 1 });
    held.sending({ id: 'a', claim: 1 });
    held.settled({ id: 'a', claim: 1 });
    held.openClaim(2, 1, false);
    held.add(flight('a', 2));
    held.settled({ id: 'a', claim: 1 });
    expect([held.has('a', 1), held.has('a', 2)]).toEqual([false, true]);
  });

  it('holds a suspect until all of its claim is settled', () => {
    const held = new InFlight();
    held.openClaim(1, 1, true);
    held.add(flight('a', 1));
    expect(held.holdsSuspect).toBe(true);
    held.settling({ id: 'a', claim: 1 });
    held.sending({ id: 'a', claim: 1 });
    expect(held.holdsSuspect).toBe(false);
  });

  it('has nothing to finish for a claim that brought nothing', () => {
    const held = new InFlight();
    held.openClaim(1, 0, false);
    expect(held.takeFinished()).toEqual([]);
  });
});
