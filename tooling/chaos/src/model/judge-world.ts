import { collectFacts } from '../checker/facts.ts';
import { type QueueState, readQueueState } from '../checker/queue-state.ts';
import type { Rule } from '../checker/violation.ts';
import type { World } from './world.ts';

/** Watches a world from act to act: what is wrong at each moment, and what has changed that must not. */
export class WorldJudge {
  readonly #world: World;
  readonly #rules: readonly Rule[];
  readonly #ended: Map<string, string> = new Map();

  constructor(world: World, rules: readonly Rule[]) {
    this.#world = world;
    this.#rules = rules;
  }

  /** What must hold at every moment. */
  async look(): Promise<readonly string[]> {
    const state = await readQueueState(this.#world.redis, this.#world.keys);
    const facts = await collectFacts([]);
    const breaches = this.#rules.flatMap((rule) => [...rule.check({ facts, state })]);
    const misplaced = breaches.map(({ id, what }) => `${id}: ${what}`);
    return [...this.#world.complaints, ...misplaced, ...this.#changed(state), ...this.#lockedTwice(state)];
  }

  /** What must hold when one worker has outlived all others. */
  async lookAtTheEnd(last: string): Promise<readonly string[]> {
    const found = [...(await this.look())];
    const state = await readQueueState(this.#world.redis, this.#world.keys);
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
