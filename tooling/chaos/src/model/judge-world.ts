import type { Facts } from '../checker/facts.ts';
import { type QueueState, readQueueState } from '../checker/queue-state.ts';
import { auditFindsNothing } from '../checker/rules/audit-finds-nothing.ts';
import { placesAgree } from '../checker/rules/places-agree.ts';
import type { World } from './world.ts';

export interface LookOptions {
  readonly audits: boolean;
}

const rules = [placesAgree, auditFindsNothing];
/** They look at the state alone: nothing was written down. */
const noFacts: Facts = { tasks: new Map(), runs: new Map(), faults: [] };

/** Watches a world from act to act: what is wrong at each moment, and what has changed that must not. */
export class WorldJudge {
  readonly #world: World;
  readonly #ended: Map<string, string> = new Map();

  constructor(world: World) {
    this.#world = world;
  }

  /** What must hold at every moment. */
  async look({ audits }: LookOptions): Promise<readonly string[]> {
    return this.#wrongIn(await this.#read(audits));
  }

  /** What must hold when one worker has outlived all others. */
  async lookAtTheEnd(last: string, { audits }: LookOptions): Promise<readonly string[]> {
    const state = await this.#read(audits);
    const found = [...this.#wrongIn(state)];
    for (const id of this.#world.samples.keys()) {
      if (state.tasks.get(id)?.kind !== 'finished') found.push(`${id}: it never ended`);
    }
    for (const [id, times] of this.#world.accepted) {
      if (times > 1) found.push(`${id}: ${times} results of it were accepted`);
    }
    const kept = new RegExp(
      `^(meta|bell:|workers|schedules.*|(task|history):.*|(claims|worker|inbox):${last})$`,
    );
    return [...found, ...state.keys.filter((key) => !kept.test(key)).map((key) => `the key ${key} is left`)];
  }

  #read(audits: boolean): Promise<QueueState> {
    return readQueueState(this.#world.redis, this.#world.keys, { audits });
  }

  #wrongIn(state: QueueState): readonly string[] {
    const breaches = rules.flatMap((rule) => [...rule.check({ facts: noFacts, state })]);
    const misplaced = breaches.map(({ id, what }) => `${id}: ${what}`);
    return [...this.#world.complaints, ...misplaced, ...this.#changed(state), ...this.#lockedTwice(state)];
  }

  #changed({ tasks }: QueueState): readonly string[] {
    const changed: string[] = [];
    for (const [id, digest] of this.#ended) {
      const stored = tasks.get(id);
      if (stored?.kind !== 'finished' || stored.digest !== digest)
        changed.push(`${id}: its result was ${digest} and is ${JSON.stringify(stored)}`);
    }
    for (const [id, stored] of tasks) if (stored.kind === 'finished') this.#ended.set(id, stored.digest);
    return changed;
  }

  #lockedTwice({ running }: QueueState): readonly string[] {
    const holders = [...running.keys()].filter((id) => this.#world.samples.get(id)?.isUnique === true);
    return holders.length > 1 ? [`${holders.join(' and ')} hold one lock`] : [];
  }
}
