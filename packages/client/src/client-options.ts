import { type Codec, ConfigError, type Durability, type Duration, defaultCodec } from '@q/core';
import {
  parseDuration,
  type ResolvedDurability,
  requireCodec,
  requireKnownOptions,
  requireQueueName,
  resolveDurability,
  shown,
} from '@q/core/wire';
import type { RedisSource } from './redis-port/redis-like.ts';

/** What all clients can be told, whoever makes their connection. */
export interface CallOptions {
  /** How arguments and results become bytes; workers need the same. @default superjson behind a fast path for plain JSON */
  readonly codec?: Codec;
  /** Within this time every call settles, except waits for results; 100 ms to 30 s. @default '10s' */
  readonly deadline?: Duration;
  /** Enqueues resolve when so many replicas have the task, unless they say otherwise. @default null: when the master has it */
  readonly durability?: Durability | null;
}

export interface ClientOptions extends CallOptions {
  /** A URL (`redis://`, `rediss://`), options of ioredis, or an instance of ioredis 5 or 6, which stays yours to close. */
  readonly redis: RedisSource;
  /** Workers of the same name run what is enqueued here. @default 'default' */
  readonly queue?: string;
}

export interface ResolvedCallOptions {
  readonly codec: Codec;
  /** Ms. */
  readonly deadline: number;
  readonly durability: ResolvedDurability | null;
}

export interface ResolvedClientOptions extends ResolvedCallOptions {
  readonly redis: RedisSource;
  readonly queue: string;
}

export const clientDefaults: Omit<ResolvedClientOptions, 'redis'> = {
  queue: 'default',
  codec: defaultCodec,
  deadline: 10_000,
  durability: null,
};

const shortestDeadline = 100;
/** A finished task is remembered for at least a minute: within half of it, no call can come so late that it runs a task again. */
const longestDeadline = 30_000;

const known = ['redis', 'queue', 'codec', 'deadline', 'durability'] satisfies Array<keyof ClientOptions>;

/** The only place where a client's defaults are applied and its options are refused. @throws ConfigError */
export function resolveClientOptions(given: ClientOptions): ResolvedClientOptions {
  if (typeof given !== 'object' || given === null || given.redis === undefined) {
    throw new ConfigError(
      'createClient() needs the option "redis", such as { redis: \'redis://localhost:6379\' }',
    );
  }
  requireKnownOptions(given, known, (option) => `client option "${option}"`);
  const { redis, queue = clientDefaults.queue } = given;
  return { redis, queue: requireQueueName(queue), ...resolveCallOptions(given) };
}

/** @throws ConfigError */
export function resolveCallOptions({
  codec = clientDefaults.codec,
  deadline = clientDefaults.deadline,
  durability = clientDefaults.durability,
}: CallOptions): ResolvedCallOptions {
  const ms = parseDuration(deadline, 'client option "deadline"');
  if (ms < shortestDeadline || ms > longestDeadline) {
    throw new ConfigError(
      `client option "deadline" must be ${shortestDeadline} ms to ${longestDeadline / 1_000} s; got ${shown(deadline)}`,
    );
  }
  return {
    codec: requireCodec(codec),
    deadline: ms,
    durability: durability === null ? null : resolveDurability(durability),
  };
}
