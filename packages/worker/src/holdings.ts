import type { KeptLock, SettleItem, SettleOutcome } from '@q/core/wire';
import { LeaseLostError } from './errors.ts';
import type { Delivery } from './execution/delivery.ts';
import { type ExecuteParts, execute } from './execution/execute.ts';
import { Flight } from './execution/flight.ts';
import type { Interruption } from './execution/run.ts';
import type { SettleQueue } from './execution/settle-queue.ts';
import type { InFlight } from './in-flight.ts';
import type { Latch } from './latch.ts';
import type { StartBoard } from './lease/start-board.ts';
import type { Logger } from './log.ts';
import type { Pace } from './pace.ts';
import type { Slots } from './slots.ts';
import { WaitingLine } from './waiting-line.ts';

export interface HoldingsParts extends Omit<ExecuteParts, 'onSettled' | 'onLanded' | 'onReturned'> {
  readonly lease: number;
  readonly slots: Slots;
  readonly pace: Pace;
  readonly board: StartBoard;
  readonly inFlight: InFlight;
  readonly settles: SettleQueue;
  readonly changes: Latch;
  readonly log: Logger;
  /** Whether the lease of what is held cannot have ended unnoticed. */
  readonly isKept: () => boolean;
  /** What the queue does not know of: the claims whose answers are still on the way. */
  readonly claims: () => { readonly acked: number; readonly isAsking: boolean };
}

/**
 * Handlers that never wait are started one after the other; after so many ms the event loop gets its turn, and the
 * lease is looked at again.
 */
const longestTurn = 5;

/** What one membership holds: every delivery passes through here, from the claim to the outcome that waits to be sent. */
export class Holdings {
  readonly #parts: HoldingsParts;
  readonly #execution: ExecuteParts;
  readonly #line: WaitingLine;
  /** Aborts of tasks that a claim under way may bring. */
  readonly #early = new Set<string>();
  /** Runs that have not returned and keep their lock, with the outcome that says so. */
  readonly #open = new Map<Flight, SettleOutcome>();
  #isStarting = true;
  #isFilling = false;
  #isDropped = false;

  constructor(parts: HoldingsParts) {
    this.#parts = parts;
    this.#line = new WaitingLine(
      parts.board,
      () => this.#giveBackStuck(),
      (flight) => this.#giveBackHanded([flight]),
    );
    this.#execution = {
      ...parts,
      onSettled: (flight, outcome) => this.#onSettled(flight, outcome),
      onLanded: (flight, isGivenUp) => this.#onLanded(flight, isGivenUp),
      onReturned: (flight) => this.#onReturned(flight),
    };
  }

  /** How many tasks to ask for: one for each free slot, and some ahead of the slots when runs are short. */
  get room(): number {
    if (!this.#isStarting) return 0;
    const { free } = this.#parts.slots;
    const ahead = this.#ahead;
    // In two halves, so that one runs while the other is fetched.
    const most = ahead === 0 ? free : Math.max(free, Math.ceil((free + ahead) / 2));
    return Math.max(0, Math.min(most, free + ahead - this.#line.length));
  }

  /** Whether slots will be empty before another claim is answered. */
  get isRunningDry(): boolean {
    return this.#isStarting && this.#line.length < (this.#parts.slots.free + this.#ahead) / 2;
  }

  /** Whether something waits that could run. */
  get canStart(): boolean {
    const { slots, isKept } = this.#parts;
    return this.#line.length > 0 && slots.free > 0 && !this.#isFilling && isKept();
  }

  /** From now on deliveries go back unstarted, those that wait for a slot first. */
  stopStarting(): void {
    this.#isStarting = false;
    this.#giveBack(this.#line.takeBehind(0));
  }

  /** A claim of this number is about to be sent. */
  ask(claim: number): void {
    this.#parts.board.ask(claim);
  }

  /** What a claim has brought; {@link fill} starts it. */
  take(claim: number, deliveries: readonly Delivery[]): void {
    const { inFlight, lease, pace, board } = this.#parts;
    const isHandedBack = !board.read(claim);
    const waiting: Flight[] = [];
    pace.came(deliveries.length);
    for (const delivery of deliveries) {
      // Somebody else ended the earlier one, or it could not have been claimed again.
      this.lose(delivery.id);
      const flight = new Flight(delivery, lease);
      inFlight.add(flight);
      if (this.#early.has(delivery.id)) this.#abortUnstarted(flight);
      else waiting.push(flight);
    }
    if (isHandedBack) this.#giveBackHanded(waiting);
    else if (this.#isStarting) this.#line.join(waiting);
    else this.#giveBack(waiting);
  }

  /** Starts what waits, as far as there are free slots and nobody else may have taken it over. */
  fill(): void {
    // A handler that has ended within its call was started by the loop below, which goes on by itself.
    if (this.#isFilling || !this.canStart) return;
    this.#isFilling = true;
    const { slots } = this.#parts;
    const begunAt = performance.now();
    while (slots.free > 0) {
      const flight = this.#line.next();
      if (flight === undefined) break;
      flight.isStarted = true;
      slots.take();
      execute(flight, this.#execution);
      if (this.#line.length > 0 && performance.now() - begunAt > longestTurn) {
        setImmediate(() => this.fill());
        break;
      }
    }
    this.#isFilling = false;
  }

  abort(id: string): void {
    const flight = this.#parts.inFlight.find(id);
    if (flight === undefined) {
      if (this.#parts.claims().isAsking) this.#early.add(id);
    } else if (this.#line.remove(flight)) this.#abortUnstarted(flight);
    else flight.interrupt({ kind: 'aborted' });
  }

  /** No claim is under way any more. */
  answered(): void {
    this.#early.clear();
    this.#parts.board.rest();
  }

  /** Another worker may have it. */
  lose(id: string): void {
    const flight = this.#parts.inFlight.find(id);
    if (flight === undefined) return;
    if (this.#line.remove(flight)) this.#drop(flight);
    else flight.interrupt({ kind: 'lost' });
  }

  interruptAll(interruption: Interruption): void {
    for (const flight of this.#parts.inFlight.flights) flight.interrupt(interruption);
  }

  /** Nothing that was held is worth settling: others have it or will have it. */
  drop(): void {
    this.#isDropped = true;
    this.#isStarting = false;
    for (const flight of this.#line.takeBehind(0)) this.#drop(flight);
    this.interruptAll({ kind: 'lost' });
    this.#parts.settles.clear();
  }

  /**
   * Redis says that this worker holds it, and the answer that brings it is not on the way. Gives it back, unless its run goes
   * on here: nobody else may have it meanwhile, so how it ended is said once more.
   */
  giveBackUnknown(id: string, claim: number): void {
    const { claims, inFlight, settles, changes } = this.#parts;
    if (claim > claims().acked || inFlight.has(id, claim)) return;
    inFlight.reopen(claim);
    const outcome = this.#openOutcome(id, claim) ?? { kind: 'release', tries: null, lock: '' };
    settles.add({ id, claim, outcome });
    changes.notify();
  }

  /** Whether the run of a lock that it had kept has not returned yet. */
  isOpen(id: string, claim: number): boolean {
    return this.#openOutcome(id, claim) !== undefined;
  }

  /** Frees the lock of a run that has returned; once more when Redis has forgotten that it was told. */
  unlock({ id, claim, lock }: KeptLock): void {
    if (this.#isDropped) return;
    this.#parts.settles.add({ id, claim, outcome: { kind: 'unlock', lock } });
    this.#parts.changes.notify();
  }

  /** An outcome came too late. */
  refused({ id, outcome }: SettleItem): void {
    // Of what was released nothing is lost.
    if (outcome.kind === 'unlock' || (outcome.kind === 'release' && outcome.tries === null)) return;
    this.#parts.log.warn(
      { task: id, error: new LeaseLostError(id, this.#parts.lease) },
      'another worker took a task over; its result here is dropped',
    );
  }

  /** A task after a crash may have been its reason: nothing that could as well be elsewhere is held beside it. */
  get #ahead(): number {
    return this.#parts.inFlight.holdsCrashed ? 0 : this.#parts.pace.ahead;
  }

  /** Their slots are taken by runs that turn out to be long. */
  #giveBackStuck(): void {
    const { pace, slots } = this.#parts;
    pace.stuck();
    // Those that have a free slot are only kept from it by a busy event loop, which is free now.
    this.#giveBack(this.#line.takeBehind(slots.free));
  }

  /** The lease thread has said so already, if it could: the event loop was blocked for long. */
  #giveBackHanded(flights: readonly Flight[]): void {
    this.#parts.pace.stuck();
    this.#giveBack(flights);
  }

  #giveBack(flights: readonly Flight[]): void {
    for (const flight of flights) this.#settle(flight, { kind: 'release', tries: null, lock: '' });
  }

  #abortUnstarted(flight: Flight): void {
    const { tries, lock } = flight.delivery;
    this.#settle(flight, { kind: 'abort', tries, lock, keepLock: false });
  }

  #onSettled(flight: Flight, outcome: SettleOutcome | null): void {
    if (outcome === null) {
      this.#drop(flight);
      return;
    }
    if ('keepLock' in outcome && outcome.keepLock && outcome.lock !== '') this.#open.set(flight, outcome);
    this.#settle(flight, outcome);
  }

  #onLanded({ delivery: { id, envelope } }: Flight, isGivenUp: boolean): void {
    if (isGivenUp) {
      const facts = { task: id, name: envelope?.name };
      this.#parts.log.warn(
        facts,
        'a handler was given up: it did not end within "abandonAfter" of its interruption; it may still run',
      );
    }
    this.#parts.slots.giveBack();
    this.fill();
  }

  #openOutcome(id: string, claim: number): SettleOutcome | undefined {
    for (const [{ delivery }, outcome] of this.#open)
      if (delivery.id === id && delivery.claim === claim) return outcome;
    return undefined;
  }

  #onReturned(flight: Flight): void {
    if (this.#open.delete(flight)) this.unlock(flight.delivery);
  }

  #drop(flight: Flight): void {
    const { inFlight, pace, changes } = this.#parts;
    pace.went();
    inFlight.dropped(flight);
    changes.notify();
  }

  #settle(flight: Flight, outcome: SettleOutcome): void {
    const { inFlight, settles, pace, changes } = this.#parts;
    if (this.#isDropped) return;
    const { id, claim } = flight.delivery;
    pace.went();
    inFlight.settling(flight);
    settles.add({ id, claim, outcome });
    changes.notify();
  }
}
