import { retryDelay } from './backoff.ts';
import type { Connection } from './connection.ts';
import { PortClosedError } from './errors.ts';
import { judgeRejection } from './judge-rejection.ts';

type OnMessage = (bytes: Buffer) => void;

/** How channels are subscribed on a connection. */
export interface SubscriptionWay {
  /** What ioredis announces messages as. */
  readonly messages: 'messageBuffer' | 'smessageBuffer';
  subscribe(channels: readonly string[]): Promise<unknown>;
  /** Each time that Redis has ended subscriptions on a connection that stays. */
  onEnded(listener: () => void): () => void;
}

/** Channels that every node tells. */
export function plainWay({ link }: Connection): SubscriptionWay {
  return {
    messages: 'messageBuffer',
    subscribe: (channels) => link.subscribe(...channels),
    onEnded: () => () => undefined,
  };
}

/**
 * The channels of one connection. They are subscribed here again after a reconnect and not by ioredis, so that a
 * listener for reconnects is told only when messages really arrive again.
 */
export class Subscriptions {
  readonly #connection: Connection;
  readonly #way: SubscriptionWay;
  readonly #channels = new Map<string, OnMessage>();
  readonly #restored = new Set<() => void>();
  readonly #pending = new Set<{ readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  readonly #stops: ReadonlyArray<() => void>;
  #isClosed = false;

  constructor(connection: Connection, way: SubscriptionWay) {
    this.#connection = connection;
    this.#way = way;
    const { link } = connection;
    const onMessage = (channel: unknown, message: unknown): void => {
      if (Buffer.isBuffer(message)) this.#channels.get(String(channel))?.(message);
    };
    link.on(way.messages, onMessage);
    this.#stops = [
      () => link.off(way.messages, onMessage),
      way.onEnded(() => this.#subscribeAll(true)),
      connection.onReady((isAgain) => this.#subscribeAll(isAgain)),
    ];
  }

  /** Resolves once Redis has confirmed it, however long that takes. */
  add(channel: string, onMessage: OnMessage): Promise<void> {
    if (this.#isClosed) return Promise.reject(new PortClosedError());
    this.#channels.set(channel, onMessage);
    const confirmed = new Promise<void>((resolve, reject) => {
      this.#pending.add({ resolve, reject });
    });
    if (this.#connection.isReady) this.#subscribeAll(false);
    // Otherwise "ready" does it; this only makes sure that somebody connects.
    else
      this.#connection
        .whenReady({ until: Number.POSITIVE_INFINITY })
        .catch((error: Error) => this.#fail(error));
    return confirmed;
  }

  /** Each time that all channels are subscribed again after a reconnect, or after Redis had ended that. */
  onRestored(listener: () => void): () => void {
    this.#restored.add(listener);
    return () => this.#restored.delete(listener);
  }

  /** Redis is to confirm them again: one that is frozen, or gone without a word, is given up when it does not. */
  check(): void {
    if (this.#connection.isReady) this.#subscribeAll(false);
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.#fail(new PortClosedError());
  }

  #subscribeAll(isAgain: boolean): void {
    const channels = [...this.#channels.keys()];
    if (channels.length === 0) return;
    this.#way.subscribe(channels).then(
      () => this.#confirm(isAgain),
      (thrown: unknown) => this.#retryOrFail(thrown, isAgain),
    );
  }

  /** A broken connection is subscribed again when it is ready; what failed on one that is still ready is tried again. */
  #retryOrFail(thrown: unknown, isAgain: boolean): void {
    const rejection = judgeRejection(thrown, 'subscribe');
    if (rejection.kind === 'refused') {
      this.#fail(rejection.error);
      return;
    }
    this.#connection.rest(retryDelay(3), { until: Number.POSITIVE_INFINITY }).then(
      () => {
        if (this.#connection.isReady) this.#subscribeAll(isAgain);
      },
      (error: Error) => this.#fail(error),
    );
  }

  #confirm(isAgain: boolean): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const { resolve } of pending) resolve();
    if (!isAgain) return;
    for (const listener of [...this.#restored]) listener();
  }

  #fail(error: Error): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}
