import { luaSources, type QueueKeys, type ResolvedDurability, type Script } from '@q/core/wire';
import type { Limits } from '../limits.ts';
import { monotonicNow } from '../monotonic-now.ts';
import type { RedisPort, Replicated, RunOptions, ScriptCall } from '../redis-port.ts';
import { blockingPop, type Popped, type PoppedAndRun, popThenSend } from './blocking-pop.ts';
import { type Command, Connection } from './connection.ts';
import { PortClosedError } from './errors.ts';
import { type ConnectionSource, openConnection, shardedCluster, usableInstance } from './open-connection.ts';
import type { LearningClock } from './redis-clock.ts';
import { type Answered, type Call, type CallFacts, runCommand } from './run-command.ts';
import { scriptArguments } from './script-arguments.ts';
import { parseServerInfo, type ServerInfo } from './server-info.ts';
import { ShardLink } from './shard-link.ts';
import { plainWay, Subscriptions, type SubscriptionWay } from './subscriptions.ts';
import { type ThreadOptions, threadOptionsOf } from './thread-options.ts';

/** What a port and its forks have in common. */
export interface PortShared {
  readonly source: ConnectionSource;
  readonly clock: LearningClock;
  readonly keys: QueueKeys;
  readonly timeShift: number;
}

/** The first port on a source: it uses the user's instance when it can, all others connections of their own. */
export function connectPort(shared: PortShared, purpose: string): RedisPort {
  const { source, keys } = shared;
  const instance = usableInstance(source);
  const connection =
    instance === null
      ? new Connection(openConnection(source, { purpose, queue: keys.queue }), true)
      : new Connection(instance, false);
  return new ConnectedPort(shared, connection);
}

class ConnectedPort implements RedisPort {
  readonly clock: LearningClock;
  readonly keys: QueueKeys;
  readonly #shared: PortShared;
  readonly #connection: Connection;
  readonly #way: SubscriptionWay;
  readonly #forks = new Set<RedisPort>();
  /** The forks of the port that this one was made from, until it is closed. */
  readonly #siblings: Set<RedisPort>;
  #subscriptions: Subscriptions | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    shared: PortShared,
    connection: Connection,
    siblings: Set<RedisPort> = new Set(),
    way: SubscriptionWay = plainWay(connection),
  ) {
    this.clock = shared.clock;
    this.keys = shared.keys;
    this.#shared = shared;
    this.#connection = connection;
    this.#way = way;
    this.#siblings = siblings;
    siblings.add(this);
  }

  get isLost(): boolean {
    return this.#connection.isLost;
  }

  async run<Input, Reply>(
    script: Script<Input, Reply>,
    input: Input,
    options: RunOptions = {},
  ): Promise<Reply> {
    const call = this.#callOf(script, input);
    const answer = await runCommand(this.#connection, call, limitsOf(options), this.#factsOf(options));
    const reply = script.reply(answer.raw, input);
    this.#learn(reply, answer);
    return reply;
  }

  async runReplicated<Input, Reply>(
    { script, input }: ScriptCall<Input, Reply>,
    { replicas, timeout }: ResolvedDurability,
    options: RunOptions = {},
  ): Promise<Replicated<Reply>> {
    // From 7.2 on Redis waits for no more than the last write of this connection, and a duplicate writes nothing.
    const mark: Command = ['hset', [this.keys.meta, 'waited', 1]];
    const wait: Command = ['wait', [replicas, timeout]];
    const call: Call = { ...this.#callOf(script, input), behind: [mark, wait] };
    const answer = await runCommand(this.#connection, call, limitsOf(options), this.#factsOf(options));
    const [raw, marked, confirmed] = readAnswers(answer.raw);
    const reply = script.reply(raw, input);
    this.#learn(reply, answer);
    // Without the mark it is not known what was waited for.
    const refusal = [marked, confirmed].find((each) => each instanceof Error) ?? null;
    return { reply, replicas: refusal === null ? Number(confirmed) : 0, refusal };
  }

  blockingPop(
    keys: readonly string[],
    seconds: number,
    options: Pick<RunOptions, 'signal'> = {},
  ): Promise<Popped | null> {
    return blockingPop(this.#connection, keys, seconds, limitsOf(options));
  }

  async popThenRun<Input, Reply>(
    keys: readonly string[],
    seconds: number,
    { script, input }: ScriptCall<Input, Reply>,
    options: Pick<RunOptions, 'signal'> = {},
  ): Promise<PoppedAndRun<Reply>> {
    const args = scriptArguments(script, this.keys, input, this.#shared.timeShift);
    const { popped, reply } = await popThenSend(
      this.#connection,
      { keys, seconds },
      ['evalsha', [luaSources[script.name].sha1, ...args]],
      limitsOf(options),
    );
    return { popped, reply: reply === null ? null : script.reply(reply, input) };
  }

  subscribe(channel: string, onMessage: (bytes: Buffer) => void): Promise<void> {
    this.#subscriptions ??= new Subscriptions(this.#connection, this.#way);
    return this.#subscriptions.add(channel, onMessage);
  }

  checkSubscriptions(): void {
    this.#subscriptions?.check();
  }

  async serverInfo(options: RunOptions = {}): Promise<ServerInfo> {
    const call: Call = { name: 'info', command: ['info', []] };
    const answer = await runCommand(this.#connection, call, limitsOf(options), this.#factsOf(options));
    return parseServerInfo(String(answer.raw));
  }

  fork(purpose: string): RedisPort {
    const link = openConnection(this.#shared.source, { purpose, queue: this.keys.queue });
    return new ConnectedPort(this.#shared, new Connection(link, true), this.#forks);
  }

  async forkToShard(purpose: string): Promise<RedisPort | null> {
    const cluster = shardedCluster(this.#shared.source);
    if (cluster === null) return null;
    await this.#connection.whenReady({ until: Number.POSITIVE_INFINITY });
    if (this.#closing !== undefined) throw new PortClosedError();
    const link = new ShardLink(cluster, { purpose, queue: this.keys.queue });
    return new ConnectedPort(this.#shared, new Connection(link.redis, true), this.#forks, link);
  }

  threadOptions(): ThreadOptions | null {
    return threadOptionsOf(this.#shared.source);
  }

  onReconnect(listener: () => void): () => void {
    if (this.#subscriptions !== undefined) return this.#subscriptions.onRestored(listener);
    return this.#connection.onReady((isAgain) => {
      if (isAgain) listener();
    });
  }

  onError(listener: (error: Error) => void): () => void {
    return this.#connection.onError(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#siblings.delete(this);
    this.#subscriptions?.close();
    await Promise.all([this.#connection.close(), ...[...this.#forks].map((fork) => fork.close())]);
  }

  #callOf<Input, Reply>(script: Script<Input, Reply>, input: Input): Call {
    const args = scriptArguments(script, this.keys, input, this.#shared.timeShift);
    const { sha1, source } = luaSources[script.name];
    return {
      name: script.name,
      command: ['evalsha', [sha1, ...args]],
      ifUnknown: () => ['eval', [source, ...args]],
    };
  }

  #factsOf({ id = null }: { readonly id?: string | null | undefined }): CallFacts {
    return { queue: this.keys.queue, id };
  }

  #learn(reply: unknown, { sentAt, receivedAt }: Answered): void {
    if (typeof reply !== 'object' || reply === null || !('now' in reply) || typeof reply.now !== 'number')
      return;
    this.clock.learn({ redisNow: reply.now, sentAt, receivedAt });
  }
}

function readAnswers(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : [raw];
}

function limitsOf({ deadline, signal }: RunOptions): Limits {
  return { until: deadline === undefined ? Number.POSITIVE_INFINITY : monotonicNow() + deadline, signal };
}
