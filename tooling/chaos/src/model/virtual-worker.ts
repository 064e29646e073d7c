import { type ClaimReply, type SettleItem, type StepInput, type StepReply, step } from '@q/core/wire';
import type { ScriptRunner } from './script-runner.ts';

/** ms */
export const lease = 60_000;

/** A worker as the protocol wants it: one claim under way, sent again unchanged until it is answered. */
export class VirtualWorker {
  readonly wire: string;
  /** id → claim */
  readonly held: Map<string, number> = new Map();
  readonly #runner: ScriptRunner;
  #acked = 0;
  #steps = 0;
  #pending: StepInput | null = null;

  constructor(wire: string, runner: ScriptRunner) {
    this.wire = wire;
    this.#runner = runner;
  }

  /** The claim that is under way is sent again, whatever is wished for now. Every other one looks after the queue, too. */
  async step(
    settles: readonly SettleItem[],
    want: number,
  ): Promise<{ readonly sent: StepInput; readonly reply: StepReply }> {
    this.#pending ??= this.#input({ settles, want, tend: this.#steps++ % 2 === 0 });
    const sent = this.#pending;
    return { sent, reply: await this.#runner.run(step, sent) };
  }

  /** Beside a claim that may be under way. */
  async settle(
    settles: readonly SettleItem[],
  ): Promise<{ readonly sent: StepInput; readonly reply: StepReply }> {
    const sent = this.#input({ settles, want: 0, tend: false });
    return { sent, reply: await this.#runner.run(step, sent) };
  }

  /** The reply has arrived. Answers what was claimed. */
  absorb({ settles }: StepInput, { claim }: StepReply): ClaimReply {
    for (const { id, claim: number } of settles) if (this.held.get(id) === number) this.held.delete(id);
    if (claim.kind === 'none') return claim;
    this.#pending = null;
    if (claim.kind === 'lapsed') return claim;
    this.#acked = claim.number;
    for (const { id } of claim.deliveries) this.held.set(id, claim.number);
    return claim;
  }

  #input({
    settles,
    want,
    tend,
  }: {
    readonly settles: readonly SettleItem[];
    readonly want: number;
    readonly tend: boolean;
  }): StepInput {
    return {
      ...{ worker: this.wire, lease, acked: this.#acked, want, settles, tend },
      ...{ holdsSuspect: false, listens: 'none', finished: [], finishedInParts: [] },
    };
  }
}
