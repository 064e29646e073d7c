import type { Flight } from './execution/flight.ts';

interface OpenClaim {
  left: number;
  readonly hasSuspect: boolean;
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
  readonly #flights = new Map<string, Flight>();
  /** Settled, but the answer is not here yet. */
  readonly #settling = new Map<string, number>();
  readonly #claims = new Map<number, OpenClaim>();
  #finished: number[] = [];

  get size(): number {
    return this.#flights.size;
  }

  get flights(): Flight[] {
    return [...this.#flights.values()];
  }

  /** Only one suspect at a time is given to a worker, so that a crash can be blamed on it. */
  get holdsSuspect(): boolean {
    for (const { hasSuspect } of this.#claims.values()) if (hasSuspect) return true;
    return false;
  }

  find(id: string): Flight | undefined {
    return this.#flights.get(id);
  }

  has(id: string, claim: number): boolean {
    return this.#flights.get(id)?.delivery.claim === claim || this.#settling.get(id) === claim;
  }

  ids(): HeldId[] {
    return this.flights.map(({ delivery: { id, claim } }) => ({ id, claim }));
  }

  names(): string[] {
    return [...new Set(this.flights.map(({ delivery }) => delivery.envelope?.name ?? 'unknown'))];
  }

  openClaim(claim: number, count: number, hasSuspect: boolean): void {
    if (count > 0) this.#claims.set(claim, { left: count, hasSuspect });
  }

  add(flight: Flight): void {
    this.#flights.set(flight.delivery.id, flight);
  }

  /** Its outcome is on the way. */
  settling({ id, claim }: HeldId): void {
    this.#remove(id, claim);
    this.#settling.set(id, claim);
  }

  /** A call that settles it is put together: it counts for the numbers that the same call says are finished. */
  sending({ claim }: HeldId): void {
    this.#count(claim);
  }

  /** Nothing is to be settled: it is not held any more. */
  dropped({ id, claim }: HeldId): void {
    this.#remove(id, claim);
    this.#count(claim);
  }

  /** The call that settled it was answered. */
  settled({ id, claim }: HeldId): void {
    if (this.#settling.get(id) === claim) this.#settling.delete(id);
  }

  /** Numbers of claims that have been settled whole since the last time. */
  takeFinished(): number[] {
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #remove(id: string, claim: number): void {
    if (this.#flights.get(id)?.delivery.claim === claim) this.#flights.delete(id);
  }

  #count(claim: number): void {
    const open = this.#claims.get(claim);
    if (open === undefined) return;
    open.left -= 1;
    if (open.left > 0) return;
    this.#claims.delete(claim);
    this.#finished.push(claim);
  }
}
