import type { SettleItem, SettleOutcome } from '@q/core/wire';
import { LeaseLostError } from './errors.ts';
import type { Delivery } from './execution/delivery.ts';
import { type ExecuteParts, execute } from './execution/execute.ts';
import { Flight } from './execution/flight.ts';
import type { Interruption } from './execution/run.ts';
import type { SettleQueue } from './execution/settle-queue.ts';
import type { InFlight } from './in-flight.ts';
import type { Latch } from './latch.ts';
import type { Logger } from './log.ts';
import type { Slots } from './slots.ts';

export interface HoldingsParts extends Omit<ExecuteParts, 'onSettled' | 'onLanded'> {
  readonly lease: number;
  readonly slots: Slots;
  readonly inFlight: InFlight;
  readonly settles: SettleQueue;
  readonly changes: Latch;
  readonly log: Logger;
  /** What the queue does not know of: the claims whose answers are still on the way. */
  readonly claims: { readonly acked: number; readonly isAsking: boolean };
}

/** What one membership holds: every delivery passes through here, from the claim to the outcome that waits to be sent. */
export class Holdings {
  readonly #parts: HoldingsParts;
  readonly #execution: ExecuteParts;
  /** Aborts of tasks that a claim under way may bring. */
  readonly #early = new Set<string>();
  #isStarting = true;
  #isDropped = false;

  constructor(parts: HoldingsParts) {
    this.#parts = parts;
    this.#execution = {
      ...parts,
      onSettled: (flight, outcome) => this.#onSettled(flight, outcome),
      onLanded: (flight, isGivenUp) => this.#onLanded(flight, isGivenUp),
    };
  }

  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** From now on deliveries go back unstarted. */
  stopStarting(): void {
    this.#isStarting = false;
  }

  begin(delivery: Delivery): void {
    const { id, tries, lock } = delivery;
    if (!this.#isStarting) this.#settle(delivery, { kind: 'release', tries: null, lock });
    else if (this.#early.has(id)) this.#settle(delivery, { kind: 'abort', tries, lock, keepLock: false });
    else this.#start(delivery);
  }

  #start(delivery: Delivery): void {
    const { inFlight, slots, lease } = this.#parts;
    // Somebody else ended the earlier one, or it could not have been claimed again.
    this.lose(delivery.id);
    const flight = new Flight(delivery, lease);
    slots.take();
    inFlight.add(flight);
    void execute(flight, this.#execution);
  }

  abort(id: string): void {
    const flight = this.#parts.inFlight.find(id);
    if (flight !== undefined) flight.interrupt({ kind: 'aborted' });
    else if (this.#parts.claims.isAsking) this.#early.add(id);
  }

  /** The claim under way has been answered. */
  answered(): void {
    this.#early.clear();
  }

  /** Another worker may have it. */
  lose(id: string): void {
    this.#parts.inFlight.find(id)?.interrupt({ kind: 'lost' });
  }

  interruptAll(interruption: Interruption): void {
    for (const flight of this.#parts.inFlight.flights) flight.interrupt(interruption);
  }

  /** Nothing that was held is worth settling: others have it or will have it. */
  drop(): void {
    this.#isDropped = true;
    this.#isStarting = false;
    this.interruptAll({ kind: 'lost' });
    this.#parts.settles.clear();
  }

  /** Redis says that this worker holds it; gives it back, unless the answer that brings it is still on the way. */
  giveBackUnknown(id: string, claim: number): void {
    const { claims, inFlight, settles, changes } = this.#parts;
    if (claim > claims.acked || inFlight.has(id, claim)) return;
    settles.add({ id, claim, outcome: { kind: 'release', tries: null, lock: '' } });
    changes.notify();
  }

  /** An outcome came too late. */
  refused({ id, outcome }: SettleItem): void {
    if (outcome.kind === 'unlock') return;
    this.#parts.log.warn(
      { task: id, error: new LeaseLostError(id, this.#parts.lease) },
      'another worker took a task over; its result here is dropped',
    );
  }

  #onSettled(flight: Flight, outcome: SettleOutcome | null): void {
    if (outcome === null) {
      this.#parts.inFlight.dropped(flight.delivery);
      this.#parts.changes.notify();
      return;
    }
    flight.keepsLock = 'keepLock' in outcome && outcome.keepLock && outcome.lock !== '';
    this.#settle(flight.delivery, outcome);
  }

  #onLanded({ keepsLock, delivery }: Flight, isGivenUp: boolean): void {
    const { id, claim, lock, envelope } = delivery;
    if (isGivenUp) {
      const facts = { task: id, name: envelope?.name };
      this.#parts.log.warn(
        facts,
        'a handler was given up: it did not end within "abandonAfter" of its interruption; it may still run',
      );
    }
    if (keepsLock && !this.#isDropped)
      this.#parts.settles.add({ id, claim, outcome: { kind: 'unlock', lock } });
    this.#parts.slots.giveBack();
  }

  #settle({ id, claim }: Delivery, outcome: SettleOutcome): void {
    if (this.#isDropped) return;
    const { inFlight, settles, changes } = this.#parts;
    inFlight.settling({ id, claim });
    settles.add({ id, claim, outcome });
    changes.notify();
  }
}
