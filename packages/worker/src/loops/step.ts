import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ClaimReply, type SettleItem, type StepInput, type StepReply, step } from '@q/core/wire';
import { type Delivery, readDeliveries } from '../execution/delivery.ts';
import type { Appetite } from './appetite.ts';
import { nextLook } from './next-look.ts';
import type { LoopOptions } from './run-loop.ts';
import type { SettleLane, SettleLaneParts } from './settle-lane.ts';
import { hearVerdicts } from './verdicts.ts';

/** What the step loop shares with the rest of a membership. */
export interface StepParts extends SettleLaneParts {
  readonly lane: SettleLane;
  readonly appetite: Appetite;
  readonly holdings: ClaimedFor;
  /** The answer of a call has been dealt with. */
  readonly onAnswered: () => void;
  readonly onLapsed: () => void;
}

/** What claims are made for. */
export interface ClaimedFor {
  /** How many tasks there is room for, those included that would wait for a slot; 0 when no more are to be started. */
  readonly room: number;
  /** Whether slots will be empty before another claim is answered. */
  readonly isRunningDry: boolean;
  /** Whether something waits that could run. */
  readonly canStart: boolean;
  /** A claim of this number is about to be sent. */
  ask(claim: number): void;
  take(claim: number, deliveries: readonly Delivery[]): void;
  /** Starts what waits, as far as there are free slots. */
  fill(): void;
}

/** Looking after the queue costs Redis a little in every call. */
const tendEvery = 100;
/** Tasks in one call; with them, outcomes that are left for later calls. */
export const mostWanted = 500;

type Claimed = Extract<ClaimReply, { kind: 'claimed' }>;

/**
 * The one conversation of a worker with its queue. One call at a time carries all outcomes that are there and asks for
 * as many tasks as there is room for; many outcomes follow it by the {@link SettleLane} instead. It leaves before the
 * tasks begin that the last one brought, so that Redis and handlers work at the same time; while it is under way outcomes
 * gather. When there is nothing to say for a while, the end of the turn of the event loop in which something ends sends
 * all that has ended in it.
 */
export class StepLoop {
  readonly #parts: StepParts;
  /** Sent again unchanged until it is answered: numbered claims and the fence make the repeat harmless. */
  #call: StepInput | null = null;
  #acked = 0;
  #isParked = false;
  #tendedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  get loop(): LoopOptions {
    return {
      name: 'step',
      pass: (signal) => this.#pass(signal),
      restAfterError: 1_000,
      onError: this.#parts.onError,
    };
  }

  /** Number of the newest claim whose answer is here. */
  get acked(): number {
    return this.#acked;
  }

  /** Whether a claim is under way: what it brings is held already, but not known here. */
  get isAsking(): boolean {
    return this.#isParked || (this.#call !== null && this.#call.want > 0);
  }

  /** Whether everything that has ended is known to Redis. */
  get isFlushed(): boolean {
    const { lane, settles } = this.#parts;
    return this.#call === null && lane.isEmpty && settles.size === 0;
  }

  /**
   * A claim to be sent behind a blocking call, for what that wakes for; {@link unpark} has to follow. `null` unless nothing
   * runs here: what it brings must not wait for a handler that holds up the event loop.
   */
  park(): StepInput | null {
    const { worker, lease, inFlight, appetite, courtesy, holdings } = this.#parts;
    const want = this.#room();
    if (want === 0 || inFlight.size > 0 || courtesy.isOwed || this.isAsking) return null;
    appetite.ask();
    holdings.ask(this.#acked + 1);
    this.#isParked = true;
    return {
      worker,
      lease,
      acked: this.#acked,
      want,
      holdsSuspect: inFlight.holdsSuspect,
      tend: 'if-due',
      listens: 'none',
      finished: [],
      finishedInParts: [],
      settles: [],
    };
  }

  /** What the parked claim was answered; `null`: nobody knows, so it is asked again. */
  unpark(call: StepInput, reply: StepReply | null): void {
    const { appetite, holdings, onAnswered } = this.#parts;
    this.#isParked = false;
    if (reply === null) appetite.wake();
    else this.#absorb(call, reply);
    holdings.fill();
    onAnswered();
  }

  /** Rests only after an error. */
  async #pass(signal: AbortSignal): Promise<number> {
    while (!signal.aborted) {
      if (!this.#isDue()) await this.#nextReason(signal);
      if (this.#isDue() && !signal.aborted) await this.#converse(signal);
    }
    return 0;
  }

  async #nextReason(signal: AbortSignal): Promise<void> {
    const { holdings, inFlight, changes } = this.#parts;
    holdings.fill();
    await changes.until(() => this.#isDue() || holdings.canStart, { signal });
    // More may end in this turn, and one call can carry it all.
    if (inFlight.size > 0) await nextTurn();
  }

  async #converse(signal: AbortSignal): Promise<void> {
    this.#call ??= this.#assemble();
    const { port, lane, holdings } = this.#parts;
    const answered = port.run(step, this.#call, { signal });
    if (this.#call.want > 0 && this.#call.settles.length === 0) lane.send(signal);
    holdings.fill();
    const reply = await answered;
    const call = this.#call;
    this.#call = null;
    this.#absorb(call, reply);
    // With nothing to say the tasks begin at once, so that the listener finds those ended that never wait.
    if (!this.#isDue()) holdings.fill();
    this.#parts.onAnswered();
  }

  #isDue(): boolean {
    const { settles, appetite, holdings } = this.#parts;
    return this.#call !== null || settles.size > 0 || (appetite.isHungry && holdings.isRunningDry);
  }

  /** Outcomes that no call has room for count: else slots would go faster than what ends in them can be said. */
  #room(): number {
    const { holdings, settles } = this.#parts;
    return Math.max(0, Math.min(holdings.room, mostWanted - settles.size));
  }

  #assemble(): StepInput {
    const { worker, lease, inFlight, settles, lane, appetite, holdings } = this.#parts;
    const heldSuspect = inFlight.holdsSuspect;
    // Redis has the claim to work on then, and this worker the tasks that wait here.
    const isApart = appetite.isHungry && holdings.canStart && lane.isOpen && this.#room() > 0;
    const sent = isApart ? [] : settles.take();
    inFlight.doneWith(sent);
    appetite.ask();
    const now = performance.now();
    const isLeftToListener = !heldSuspect && this.#isLeftToListener(sent);
    const tend = !isLeftToListener && now - this.#tendedAt >= tendEvery;
    if (tend) this.#tendedAt = now;
    const want = isLeftToListener ? 0 : this.#room();
    if (want > 0) holdings.ask(this.#acked + 1);
    return {
      worker,
      lease,
      acked: this.#acked,
      want,
      // The call that settles one may bring the next: settles come before claims.
      holdsSuspect: inFlight.holdsSuspect,
      tend,
      listens: appetite.listens,
      ...inFlight.takeFinished(sent),
      settles: sent,
    };
  }

  /** Nothing was left to claim, and the listener will hear of what comes: asking along with results finds nothing, or takes what it is woken for. */
  #isLeftToListener(sent: readonly SettleItem[]): boolean {
    const { inFlight, appetite } = this.#parts;
    if (appetite.isHungry || appetite.listens === 'inbox' || inFlight.size > 0) return false;
    return sent.every(({ outcome }) => outcome.kind === 'succeed' || outcome.kind === 'fail');
  }

  #absorb(call: StepInput, reply: StepReply): void {
    hearVerdicts(call.settles, reply, this.#parts);
    const { claim, now } = reply;
    if (claim.kind === 'lapsed') this.#parts.onLapsed();
    if (claim.kind !== 'claimed') return;
    // Another claim was answered meanwhile: what this one repeats is known, and may be running.
    if (call.acked === this.#acked) this.#absorbClaim(claim, call, now);
    else this.#parts.appetite.wake();
  }

  #absorbClaim(claim: Claimed, call: StepInput, now: number): void {
    const { inFlight, appetite, courtesy, holdings } = this.#parts;
    const { number, deliveries, suspect } = claim;
    if (claim.tendAgain) this.#tendedAt = Number.NEGATIVE_INFINITY;
    const untilTend = this.#tendedAt + tendEvery - performance.now();
    const courtesyAt = (moment: number): number => courtesy.at(moment);
    const { isNow, wakeIn } = nextLook({
      claim,
      call,
      listens: appetite.listens,
      untilTend,
      courtesyAt,
      now,
    });
    appetite.answer(isNow);
    appetite.wakeIn(wakeIn);
    if (number <= this.#acked) return;
    this.#acked = number;
    inFlight.openClaim(number, deliveries, suspect);
    holdings.take(number, readDeliveries(deliveries, number));
  }
}
