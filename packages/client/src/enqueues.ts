import { ConfigError } from '@q/core';
import type { ResolvedDurability } from '@q/core/wire';
import { Coalescer, type CoalescerParts } from './coalesce.ts';
import type { OutgoingTask } from './outgoing-task.ts';
import type { RedisPort } from './redis-port.ts';

export interface EnqueuesParts extends CoalescerParts {
  /** For tasks that do not say how safe they are to be. */
  readonly durability: ResolvedDurability | null;
}

/**
 * All that one client enqueues: one coalescer for each durability, because a call waits for replicas as a whole. Waiting
 * for replicas blocks a connection, so whatever does so has one of its own, made when it is needed first.
 */
export class Enqueues {
  readonly #parts: EnqueuesParts;
  readonly #plain: Coalescer;
  readonly #replicated = new Map<string, Coalescer>();
  #port: RedisPort | undefined;
  #isClosed = false;

  constructor(parts: EnqueuesParts) {
    this.#parts = parts;
    this.#plain = new Coalescer({ ...parts, durability: null });
  }

  /** @throws QueueBusyError · ClientClosedError · ConfigError. What happens to it later, it is told. */
  add(outgoing: OutgoingTask): void {
    this.#coalescerOf(outgoing).add(outgoing);
  }

  /** All or none. @throws QueueBusyError · ClientClosedError · ConfigError. */
  addAll(members: readonly OutgoingTask[]): void {
    const counts = new Map<Coalescer, number>();
    for (const member of members) {
      const coalescer = this.#coalescerOf(member);
      const count = (counts.get(coalescer) ?? 0) + 1;
      counts.set(coalescer, count);
      coalescer.requireRoom(count, member);
    }
    for (const member of members) this.add(member);
  }

  /** Refuses further items; resolves when all others are settled, each within its deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#plain, ...this.#replicated.values()].map((coalescer) => coalescer.close()));
    await this.#port?.close();
  }

  #coalescerOf({ options }: OutgoingTask): Coalescer {
    const { durability = this.#parts.durability } = options;
    return durability === null || this.#isClosed ? this.#plain : this.#replicatedBy(durability);
  }

  #replicatedBy(durability: ResolvedDurability): Coalescer {
    const key = `${durability.replicas} ${durability.timeout}`;
    const known = this.#replicated.get(key);
    if (known !== undefined) return known;
    requireShorter(durability, this.#parts.deadline);
    this.#port ??= this.#parts.port.fork('replicated');
    const made = new Coalescer({ ...this.#parts, port: this.#port, durability });
    this.#replicated.set(key, made);
    return made;
  }
}

/** Or nobody would learn whether the replicas or the server itself were silent. */
function requireShorter({ timeout }: ResolvedDurability, deadline: number): void {
  if (timeout < deadline) return;
  throw new ConfigError(
    `option "durability.timeout" (${timeout} ms) must be less than the client's "deadline" (${deadline} ms)`,
  );
}
