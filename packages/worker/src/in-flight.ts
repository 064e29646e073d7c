import type { SettleItem } from '@q/core/wire';
import type { Delivery } from './execution/delivery.ts';
import type { Flight } from './execution/flight.ts';

interface OpenClaim {
  left: number;
  /** Deliveries that it brought. */
  readonly size: number;
  readonly hasSuspect: boolean;
  /** One of its tasks was held by a worker that crashed. */
  readonly hasCrashed: boolean;
}

/** Numbers of claims that are settled whole: by one call, or some of their deliveries by earlier ones. */
export interface FinishedClaims {
  readonly finished: readonly number[];
  readonly finishedInParts: readonly number[];
}

export interface HeldId {
  readonly id: string;
  readonly claim: number;
}

/**
 * What this worker holds under one wire id, as far as it knows. A delivery is held from the claim that brought it
 * until a call that settles it has been answered; a claim is open until all of its deliveries are settled.
 */
export class InFlight {
  /** By id; those whose outcome is on the way too. */
  readonly #held = new Map<string, Flight>();
  readonly #claims = new Map<number, OpenClaim>();
  #finished: Array<{ readonly claim: number; readonly size: number }> = [];
  #awaited = 0;
  #suspectClaims = 0;
  #crashedClaims = 0;

  /** How many outcomes are awaited. */
  get size(): number {
    return this.#awaited;
  }

  /** Without those whose outcome is on the way. */
  get flights(): Flight[] {
    return [...this.#held.values()].filter(({ isSettled }) => !isSettled);
  }

  /** Only one suspect at a time is given to a worker, so that a crash can be blamed on it. */
  get holdsSuspect(): boolean {
    return this.#suspectClaims > 0;
  }

  /** Something that was held by a worker that crashed; it may have been the reason. */
  get holdsCrashed(): boolean {
    return this.#crashedClaims > 0;
  }

  /** Unless its outcome is on the way. */
  find(id: string): Flight | undefined {
    const flight = this.#held.get(id);
    return flight?.isSettled === true ? undefined : flight;
  }

  has(id: string, claim: number): boolean {
    return this.#held.get(id)?.delivery.claim === claim;
  }

  ids(): HeldId[] {
    return this.flights.map(({ delivery: { id, claim } }) => ({ id, claim }));
  }

  /** Of the tasks that run. */
  names(): string[] {
    const running = this.flights.filter(({ isStarted }) => isStarted);
    return [...new Set(running.map(({ delivery }) => delivery.envelope?.name ?? 'unknown'))];
  }

  openClaim(claim: number, deliveries: readonly Pick<Delivery, 'tries'>[], hasSuspect: boolean): void {
    if (deliveries.length === 0) return;
    const hasCrashed = deliveries.some(({ tries }) => tries.crashes > 0);
    const size = deliveries.length;
    this.#claims.set(claim, { left: size, size, hasSuspect, hasCrashed });
    if (hasSuspect) this.#suspectClaims += 1;
    if (hasCrashed) this.#crashedClaims += 1;
  }

  /** Redis says that one more delivery of this claim is held, which is given back: to be counted once more. */
  reopen(claim: number): void {
    const { left, ...open } = this.#claims.get(claim) ?? { left: 0, hasSuspect: false, hasCrashed: false };
    this.#claims.set(claim, { ...open, left: left + 1, size: Number.POSITIVE_INFINITY });
  }

  add(flight: Flight): void {
    this.#held.set(flight.delivery.id, flight);
    this.#awaited += 1;
  }

  /** Its outcome is on the way. */
  settling(flight: Flight): void {
    if (flight.isSettled) return;
    flight.isSettled = true;
    this.#awaited -= 1;
  }

  /** Nothing is to be settled: it is not held any more. */
  dropped(flight: Flight): void {
    this.settling(flight);
    const { id, claim } = flight.delivery;
    this.settled({ id, claim });
    this.done(claim);
  }

  /** One delivery of this claim needs nothing more: the call that settles it is put together, or there is nothing to settle. */
  done(claim: number): void {
    const open = this.#claims.get(claim);
    if (open === undefined) return;
    open.left -= 1;
    if (open.left > 0) return;
    this.#claims.delete(claim);
    if (open.hasSuspect) this.#suspectClaims -= 1;
    if (open.hasCrashed) this.#crashedClaims -= 1;
    this.#finished.push({ claim, size: open.size });
  }

  /** As `done`, for all deliveries that these outcomes settle. */
  doneWith(settles: readonly SettleItem[]): void {
    // The lock of a run that ended late belongs to no delivery.
    for (const { claim, outcome } of settles) if (outcome.kind !== 'unlock') this.done(claim);
  }

  /** The call that settled it was answered. */
  settled({ id, claim }: HeldId): void {
    const flight = this.#held.get(id);
    // The task may have come back meanwhile, by another claim.
    if (flight?.isSettled === true && flight.delivery.claim === claim) this.#held.delete(id);
  }

  /** What has been settled whole since the last time, by the call that is put together to settle these and others before. */
  takeFinished(sent: readonly SettleItem[]): FinishedClaims {
    if (this.#finished.length === 0) return noneFinished;
    const finished: number[] = [];
    const finishedInParts: number[] = [];
    for (const { claim, size } of this.#finished)
      (countOf(sent, claim) === size ? finished : finishedInParts).push(claim);
    this.#finished = [];
    return { finished, finishedInParts };
  }
}

const noneFinished: FinishedClaims = { finished: [], finishedInParts: [] };

function countOf(settles: readonly SettleItem[], wanted: number): number {
  let count = 0;
  for (const { claim, outcome } of settles) if (claim === wanted && outcome.kind !== 'unlock') count += 1;
  return count;
}
