import type { RedisPort } from '@q/client/port';
import { type StepInput, type StepReply, step } from '@q/core/wire';
import { settleCall } from '../execution/settle-call.ts';
import type { SettleQueue } from '../execution/settle-queue.ts';
import type { Latch } from '../latch.ts';
import type { LoopOptions } from './run-loop.ts';
import { hearVerdicts, type VerdictParts } from './verdicts.ts';

/** What it shares with the loop that claims. */
export interface SettleLaneParts extends VerdictParts {
  readonly port: RedisPort;
  /** Wire id. */
  readonly worker: string;
  readonly lease: number;
  readonly settles: SettleQueue;
  readonly changes: Latch;
  readonly onError: (error: unknown, name: string) => void;
}

interface Sent {
  readonly call: StepInput;
  /** `null`: to be sent again. */
  answer: Promise<StepReply> | null;
}

/** Fewer outcomes are not worth a call of their own: a call costs Redis as much as five of them. */
const fewest = 16;
/** Calls under way. With one, every second batch would wait for its answer. */
const most = 2;

/**
 * Outcomes that leave right behind a claim, in calls of their own, while there is a lot to do: Redis works on the claim
 * while they are put into bytes, and on them while the worker runs and reads tasks. A call that has to be sent again may
 * arrive after later ones, so a claim is said to be finished only when these have been answered.
 */
export class SettleLane {
  readonly #parts: SettleLaneParts;
  /** Oldest first; each is sent again unchanged until it is answered. */
  readonly #sent: Sent[] = [];

  constructor(parts: SettleLaneParts) {
    this.#parts = parts;
  }

  get loop(): LoopOptions {
    return {
      name: 'settle',
      pass: (signal) => this.#pass(signal),
      restAfterError: 1_000,
      onError: this.#parts.onError,
    };
  }

  get isEmpty(): boolean {
    return this.#sent.length === 0;
  }

  /** Whether the outcomes that wait are many enough, and earlier ones not too many on their way. */
  get isOpen(): boolean {
    return this.#parts.settles.size >= fewest && this.#sent.length < most;
  }

  /** Sends what waits, as far as it may. */
  send(signal: AbortSignal): void {
    const { worker, lease, settles, changes } = this.#parts;
    while (this.isOpen) {
      const call = settleCall(worker, lease, settles.take());
      this.#sent.push({ call, answer: this.#run(call, signal) });
      changes.notify();
    }
  }

  /** Rests only after an error. */
  async #pass(signal: AbortSignal): Promise<number> {
    const { inFlight, changes } = this.#parts;
    while (!signal.aborted) {
      await changes.until(() => !this.isEmpty, { signal });
      const [sent] = this.#sent;
      if (sent === undefined) continue;
      sent.answer ??= this.#run(sent.call, signal);
      const reply = await sent.answer.finally(() => {
        sent.answer = null;
      });
      this.#sent.shift();
      hearVerdicts(sent.call.settles, reply, this.#parts);
      inFlight.doneWith(sent.call.settles);
      changes.notify();
    }
    return 0;
  }

  #run(call: StepInput, signal: AbortSignal): Promise<StepReply> {
    const answer = this.#parts.port.run(step, call, { signal });
    // Looked at when its turn comes.
    answer.catch(() => undefined);
    return answer;
  }
}
