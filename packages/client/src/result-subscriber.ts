import { atShard, newWireId } from '@q/core/wire';
import { ClientClosedError } from './errors.ts';
import { RedisRefusedError } from './redis-port/errors.ts';
import type { RedisPort } from './redis-port.ts';

export interface ResultListener {
  readonly onMessage: (message: Buffer) => void;
  /** Messages may have been lost until now. */
  readonly onRestored: () => void;
}

/**
 * The channel of a client's results, and the name by which scripts find it: where the queue is in a Cluster that shards
 * its channels, otherwise at any node.
 */
export class ResultSubscriber {
  readonly #main: RedisPort;
  readonly #listener: ResultListener;
  readonly #id = newWireId();
  readonly #stops: Array<() => void> = [];
  #port: RedisPort | undefined;
  #listening: Promise<string> | undefined;
  /** Empty until it is subscribed for the first time. */
  #name = '';
  /** The user of the connection lacks the permission, which came with a later version. */
  #isShardRefused = false;
  #isClosed = false;

  constructor(main: RedisPort, listener: ResultListener) {
    this.#main = main;
    this.#listener = listener;
  }

  /** The client to be told, once it is subscribed. What is refused for good, is tried anew by the next call. */
  listen(): Promise<string> {
    this.#listening ??= this.#listen().catch((error: unknown) => {
      this.#listening = undefined;
      throw error;
    });
    return this.#listening;
  }

  /** The client, if it has ever been subscribed. */
  get name(): string {
    return this.#name;
  }

  /** Whether messages arrive now, as far as is known. */
  get isListening(): boolean {
    return this.#name !== '' && this.#port?.isLost === false;
  }

  /** While somebody waits. Where the queue is, is the one node whose loss both moves it and silences this. */
  check(): void {
    if (this.#name === atShard(this.#id)) this.#port?.checkSubscriptions();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#drop();
  }

  async #listen(): Promise<string> {
    const shard = this.#isShardRefused ? null : await this.#main.forkToShard('subscriber');
    if (shard === null) return this.#listenOn(this.#main.fork('subscriber'), this.#id);
    try {
      return await this.#listenOn(shard, atShard(this.#id));
    } catch (error) {
      if (!(error instanceof RedisRefusedError)) throw error;
      this.#isShardRefused = true;
      return this.#listenOn(this.#main.fork('subscriber'), this.#id);
    }
  }

  async #listenOn(port: RedisPort, name: string): Promise<string> {
    if (this.#isClosed) throw new ClientClosedError(this.#main.keys.queue);
    this.#port = port;
    const { onMessage, onRestored } = this.#listener;
    const subscribed = port.subscribe(this.#main.keys.channel(name), onMessage);
    this.#stops.push(port.onReconnect(onRestored), this.#main.onReconnect(onRestored));
    try {
      await subscribed;
    } catch (error) {
      void this.#drop();
      throw error;
    }
    this.#name = name;
    return name;
  }

  async #drop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    const port = this.#port;
    this.#port = undefined;
    await port?.close();
  }
}
