import { Redis } from 'ioredis';
import { retryDelay } from './backoff.ts';
import { type ConnectionPurpose, nodeOptionsOf, standaloneOptions } from './connection-options.ts';
import { judgeRejection } from './judge-rejection.ts';
import { movedTo, type NodeAddress, nodesOf } from './node-address.ts';
import type { RedisLike } from './redis-like.ts';
import type { SubscriptionWay } from './subscriptions.ts';

/**
 * A connection to whichever node of a Cluster tells what is published in one slot, and the way to subscribe there. It asks
 * any node and goes where that sends it: at the beginning, when the slot has moved, and when the node is gone.
 */
export class ShardLink implements SubscriptionWay {
  readonly redis: Redis;
  readonly messages = 'smessageBuffer';
  readonly #cluster: RedisLike;
  readonly #ended = new Set<() => void>();
  /** Where the last node has sent us. */
  #next: NodeAddress | undefined;
  /** Connections that were left since the last subscription. */
  #left = 0;
  #isSubscribing = false;
  #hasEnded = false;

  constructor(cluster: RedisLike, purpose: ConnectionPurpose) {
    this.#cluster = cluster;
    this.redis = new Redis({
      ...standaloneOptions(nodeOptionsOf(cluster.options), purpose),
      ...this.#anyNode(),
      retryStrategy: () => this.#goOn(),
    });
    this.redis.on('moved', () => this.#onMoved());
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    this.#isSubscribing = true;
    this.#hasEnded = false;
    try {
      await this.redis.ssubscribe(...channels);
    } catch (thrown) {
      this.#isSubscribing = false;
      this.#leaveAfter(thrown);
      throw thrown;
    }
    this.#isSubscribing = false;
    this.#left = 0;
    if (this.#hasEnded) this.#tellEnded();
  }

  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  /** Both a refusal of ours and the end of a subscription that stood; the first one rejects the call, too. */
  #onMoved(): void {
    if (this.#isSubscribing) this.#hasEnded = true;
    else this.#tellEnded();
  }

  #tellEnded(): void {
    for (const listener of [...this.#ended]) listener();
  }

  /** For the node that it names, or for any: one that is cut off from the others says that the Cluster is down. */
  #leaveAfter(thrown: unknown): void {
    if (this.redis.status !== 'ready' || judgeRejection(thrown, 'ssubscribe').kind === 'refused') return;
    this.#next = movedTo(thrown, this.#cluster, this.redis.options.host);
    this.redis.disconnect(true);
  }

  /** Names the node to be connected to next, and answers the ms until then. */
  #goOn(): number {
    // ioredis reads them at every connecting.
    Object.assign(this.redis.options, this.#next ?? this.#anyNode());
    this.#next = undefined;
    this.#left += 1;
    return this.#left === 1 ? 0 : retryDelay(this.#left - 2);
  }

  /** Nothing while the Cluster knows of none, as when all are gone: then the last one is tried again. */
  #anyNode(): NodeAddress | undefined {
    const nodes = nodesOf(this.#cluster);
    return nodes[Math.floor(Math.random() * nodes.length)];
  }
}
