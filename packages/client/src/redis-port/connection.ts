import { type Limits, withinLimits } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';
import { retryDelay } from './backoff.ts';
import { ConnectionLostError, PortClosedError } from './errors.ts';
import type { RedisLike } from './redis-like.ts';
import { SlotRefresh } from './slot-refresh.ts';
import { Unanswered } from './unanswered.ts';

/** What one waiting call wants to hear of the connection. */
interface Watcher {
  readonly onReady?: () => void;
  /** The user has ended the instance: it never comes back by itself. */
  readonly onEnded?: (error: Error) => void;
  readonly onClosed: (error: Error) => void;
}

export type CommandArguments = (string | Buffer | number)[];
export type Command = readonly [command: string, args: CommandArguments];

/** `fresh` until the first outcome: a connection that is only being made is no reason to refuse work. */
type State = 'fresh' | 'ready' | 'lost' | 'closed';

/** A half-open connection of the user's instance may never be noticed by ioredis; scripts may be sent twice. */
const answerLimit = 10_000;

/** States in which ioredis has nothing open, and announces no end when it is told to disconnect. */
const socketless: ReadonlySet<string> = new Set(['wait', 'close', 'reconnecting', 'end']);
const longestEnd = 2_000;

/**
 * One connection, which hands a command to ioredis only while it is ready and stops waiting for its answer when it
 * breaks: so nothing piles up in ioredis, and nothing runs long after its caller has gone.
 */
export class Connection {
  readonly link: RedisLike;
  readonly isOwned: boolean;
  /** The newest error of the connection itself; unknown for the user's instance. */
  lastError: Error | undefined;
  readonly #unanswered = new Unanswered();
  readonly #slotRefresh: SlotRefresh;
  readonly #watchers = new Set<Watcher>();
  readonly #readyListeners = new Set<(isAgain: boolean) => void>();
  readonly #errorListeners = new Set<(error: Error) => void>();
  readonly #handlers: ReadonlyArray<readonly [event: string, handler: (...args: unknown[]) => void]>;
  #state: State = 'fresh';
  #wasReady: boolean;
  #restart: NodeJS.Timeout | undefined;

  constructor(link: RedisLike, isOwned: boolean) {
    this.link = link;
    this.isOwned = isOwned;
    this.#slotRefresh = new SlotRefresh(link, this.#unanswered);
    this.#wasReady = link.status === 'ready';
    const shared = [
      ['ready', () => this.#onReady()],
      ['close', () => this.#onLost()],
      ['end', () => this.#onEnd()],
    ] as const;
    // A listener would silence what ioredis prints for a user's instance that has none.
    const own = [['error', (error: unknown) => this.#onError(error)]] as const;
    this.#handlers = isOwned ? [...shared, ...own] : shared;
    if (!isOwned) allowListeners(link, 1);
    for (const [event, handler] of this.#handlers) link.on(event, handler);
  }

  get isReady(): boolean {
    return this.link.status === 'ready' && this.#state !== 'closed';
  }

  /** Whether it failed or broke, and has not come back since. */
  get isLost(): boolean {
    return this.#state === 'lost' && !this.isReady;
  }

  /** @throws ConnectionLostError at once when the user has ended the instance. */
  async whenReady(limits: Limits): Promise<void> {
    if (this.isReady) return;
    if (this.#state === 'closed') throw new PortClosedError();
    if (this.link.status === 'wait') this.#connect();
    if (this.link.status === 'end' && !this.isOwned) throw endedByUser();
    await withinLimits<void>(limits, (resolve, reject) =>
      this.#watch({ onReady: resolve, onEnded: reject, onClosed: reject }),
    );
  }

  /** One command on a connection that is ready. Rejects with what ioredis throws, or when the connection breaks. */
  send(command: string, args: CommandArguments, limits: Limits): Promise<unknown> {
    return this.#answerOf(() => this.link.callBuffer(command, args), limits);
  }

  /** As `send`, for two that leave in one write. Only the first one's failure rejects; that of the second is `null`. */
  sendTogether(first: Command, second: Command, limits: Limits): Promise<readonly [unknown, unknown]> {
    return this.#answerOf(() => {
      const { stream } = this.link;
      stream?.cork();
      const answers = [
        this.link.callBuffer(...first),
        this.link.callBuffer(...second).catch(() => null),
      ] as const;
      stream?.uncork();
      return Promise.all(answers);
    }, limits);
  }

  /**
   * As `send`, for several that leave in one piece, to the same server of a Cluster too. Only the first one's failure
   * rejects; that of another is its answer.
   */
  sendInOnePiece(commands: readonly Command[], limits: Limits): Promise<readonly unknown[]> {
    return this.#answerOf(async () => {
      const pipeline = this.link.pipeline();
      for (const [command, args] of commands) pipeline.callBuffer(command, args);
      const outcomes = (await pipeline.exec()) ?? [];
      const answers = commands.map((_, at) => errorOrAnswer(outcomes[at]));
      if (answers[0] instanceof Error) throw answers[0];
      return answers;
    }, limits);
  }

  #answerOf<Answer>(send: () => Promise<Answer>, { until, signal }: Limits): Promise<Answer> {
    this.#slotRefresh.begin();
    return this.#unanswered.track(send, { until: Math.min(until, monotonicNow() + answerLimit), signal });
  }

  /** Waits, unless the connection is closed meanwhile. */
  rest(ms: number, limits: Limits): Promise<void> {
    return withinLimits<void>(limits, (resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      const stop = this.#watch({ onClosed: reject });
      return () => {
        clearTimeout(timer);
        stop();
      };
    });
  }

  /** Each time it becomes ready; `isAgain` from the second time on. */
  onReady(listener: (isAgain: boolean) => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  onError(listener: (error: Error) => void): () => void {
    this.#errorListeners.add(listener);
    return () => this.#errorListeners.delete(listener);
  }

  /** Rejects what waits. Ends the connection when it is ours, and resolves when its socket is gone. Twice is fine. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#restart);
    this.#slotRefresh.stop();
    this.#unanswered.rejectAll(new PortClosedError());
    this.#tell((watcher) => watcher.onClosed(new PortClosedError()));
    if (this.isOwned) await this.#end();
    for (const [event, handler] of this.#handlers) {
      // ioredis prints errors that nobody listens to, and some come after the end.
      if (event !== 'error') this.link.off(event, handler);
    }
    if (!this.isOwned) allowListeners(this.link, -1);
  }

  #end(): Promise<void> {
    const { link } = this;
    const hasSocket = !socketless.has(link.status);
    link.disconnect();
    if (!hasSocket) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        link.off('end', done);
        resolve();
      };
      const timer = setTimeout(done, longestEnd);
      link.on('end', done);
    });
  }

  #connect(): void {
    // The failure arrives as an event too, and ioredis goes on trying.
    this.link.connect().catch(() => undefined);
  }

  #watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell(say: (watcher: Watcher) => void): void {
    for (const watcher of [...this.#watchers]) say(watcher);
  }

  #onReady(): void {
    if (this.#state === 'closed') return;
    const isAgain = this.#wasReady;
    this.#wasReady = true;
    this.#state = 'ready';
    this.#tell((watcher) => watcher.onReady?.());
    for (const listener of [...this.#readyListeners]) listener(isAgain);
  }

  #onLost(): void {
    if (this.#state === 'closed') return;
    this.#state = 'lost';
    const reason = this.lastError === undefined ? '' : `: ${this.lastError.message}`;
    this.#unanswered.rejectAll(new ConnectionLostError(`the connection to Redis broke${reason}`));
  }

  /** ioredis gives up in rare cases, such as a Sentinel that knows no master; we do not. */
  #onEnd(): void {
    this.#onLost();
    if (this.#state === 'closed') return;
    if (this.isOwned) this.#restart = setTimeout(() => this.#connect(), retryDelay(4));
    else this.#tell((watcher) => watcher.onEnded?.(endedByUser()));
  }

  #onError(thrown: unknown): void {
    // Only the text: ioredis attaches the command, and with it the password of a refused AUTH.
    const lost = new ConnectionLostError(textOf(thrown));
    this.lastError = lost;
    if (this.#state === 'closed') return;
    for (const listener of [...this.#errorListeners]) listener(lost);
  }
}

/** Node.js warns of a leak when one event has more than ten listeners, and each queue on a user's instance has one. */
function allowListeners(link: RedisLike, more: number): void {
  const most = link.getMaxListeners?.() ?? 0;
  // 0: as many as one likes.
  if (most > 0) link.setMaxListeners?.(most + more);
}

function errorOrAnswer(outcome: readonly [error: Error | null, result: unknown] | undefined): unknown {
  const [error, result] = outcome ?? [new ConnectionLostError('a pipeline came back without an answer')];
  return error ?? result;
}

function endedByUser(): ConnectionLostError {
  return new ConnectionLostError(
    'the ioredis instance given as option "redis" has been ended; close its clients and workers before it',
  );
}

/** Node.js reports several refused addresses as one error with no message of its own. */
function textOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(textOf).join('; ');
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : String(thrown);
}
