import type { QueueKeys, ResolvedDurability, Script } from '@q/core/wire';
import type { Popped, PoppedAndRun } from './redis-port/blocking-pop.ts';
import type { RedisClock } from './redis-port/redis-clock.ts';
import type { RedisSource } from './redis-port/redis-like.ts';
import type { ServerInfo } from './redis-port/server-info.ts';
import type { ThreadOptions } from './redis-port/thread-options.ts';

export interface RunOptions {
  /** Ms from now until the call rejects with QueueUnavailableError. @default for ever */
  readonly deadline?: number | undefined;
  /** Rejects the call with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** The task that the call is about, for the error. */
  readonly id?: string | undefined;
}

/** A script, and what it is told. */
export interface ScriptCall<Input, Reply> {
  readonly script: Script<Input, Reply>;
  readonly input: Input;
}

/** How many replicas have what was written. */
export interface Confirmed {
  readonly replicas: number;
  /** Why they could not be waited for, when Redis refused that: they may have it all the same. */
  readonly refusal: Error | null;
}

export interface Replicated<Reply> extends Confirmed {
  readonly reply: Reply;
}

/** The only way to Redis: one connection, seen as scripts that are run. Nothing of ioredis is known outside of it. */
export interface RedisPort {
  /**
   * Runs a script. Waits for a connection, and tries again whatever passes by itself: a broken connection, READONLY,
   * LOADING, BUSY, CLUSTERDOWN, TRYAGAIN, MASTERDOWN, MISCONF, a slot that is being moved.
   *
   * @throws QueueUnavailableError when the deadline is reached, or it is refused after a sending that nobody answered ·
   * RedisRefusedError for `OOM`, `NOPERM` and other answers that do not pass · PortClosedError.
   */
  run<Input, Reply>(script: Script<Input, Reply>, input: Input, options?: RunOptions): Promise<Reply>;
  /**
   * As `run`, and then waits until as many replicas as asked for have all that was written so far, or for as long as it is
   * allowed to take. Nothing else is answered on this connection meanwhile, so it is to be one made by `fork`.
   */
  runReplicated<Input, Reply>(
    call: ScriptCall<Input, Reply>,
    durability: ResolvedDurability,
    options?: RunOptions,
  ): Promise<Replicated<Reply>>;
  /**
   * Takes the first element of the first list that has one, for at most `seconds` (to be kept under 2.5). `null` when
   * there was none in time, and also when the connection broke meanwhile. Only on a port made by `fork`.
   */
  blockingPop(
    keys: readonly string[],
    seconds: number,
    options?: Pick<RunOptions, 'signal'>,
  ): Promise<Popped | null>;
  /**
   * As `blockingPop`; Redis runs the script as soon as that is over, and answers both in one round trip. Whatever keeps
   * the script from being answered makes its reply `null`: then `run` is the way to learn more. Only on a port made by `fork`.
   */
  popThenRun<Input, Reply>(
    keys: readonly string[],
    seconds: number,
    call: ScriptCall<Input, Reply>,
    options?: Pick<RunOptions, 'signal'>,
  ): Promise<PoppedAndRun<Reply>>;
  /** Resolves when Redis has confirmed; restored after each reconnect. Only on a port made by `fork`. */
  subscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void>;
  /** Has Redis confirm them once more, so that a connection is given up that is dead without having broken. */
  checkSubscriptions(): void;
  /** Parsed INFO of the server. @throws as {@link RedisPort.run} */
  serverInfo(options?: RunOptions): Promise<ServerInfo>;
  /** A port with a connection of its own to the same server, closed with this one. It connects when it is used first. */
  fork(purpose: string): RedisPort;
  /**
   * As `fork`, but connected to where the queue is in a Cluster, and only for channels that are told there and nowhere
   * else. It follows the queue. `null` unless the Cluster was made with `shardedSubscribers`.
   */
  forkToShard(purpose: string): Promise<RedisPort | null>;
  /** How a worker thread makes a connection of its own; `null` when that cannot be sent there (a custom connector). */
  threadOptions(): ThreadOptions | null;
  /** Shared with all forks. */
  readonly clock: RedisClock;
  readonly keys: QueueKeys;
  /** The connection failed or broke, and has not come back since. False while it is only being made. */
  readonly isLost: boolean;
  /** Each time the connection is ready after it was lost; on a port with subscriptions, when they are restored too. */
  onReconnect(listener: () => void): () => void;
  /** Errors of the connection itself, as texts without what was sent. Never those of a user's instance. */
  onError(listener: (error: Error) => void): () => void;
  /** Rejects what waits and ends what was made here; an instance of the user's stays open. Twice is fine. */
  close(): Promise<void>;
}

export interface RedisPortOptions {
  readonly redis: RedisSource;
  readonly queue: string;
  /** Names the connection in CLIENT LIST: `q:<purpose>:<queue>`. */
  readonly purpose: string;
  /** Ms added to the time that scripts see; for tests. @default 0 */
  readonly timeShift?: number | undefined;
}
