import { ConfigError } from '@q/core';
import { Redis, type RedisOptions } from 'ioredis';
import {
  type ConnectionPurpose,
  clusterOverrides,
  nodeOptionsOf,
  refuseKeyPrefix,
  standaloneOptions,
} from './connection-options.ts';
import { isRedisLike, type RedisLike, type RedisSource } from './redis-like.ts';
import { parseRedisUrl } from './redis-url.ts';

/** Where connections come from: options to make them with, or an instance of the user's to copy. */
export type ConnectionSource =
  | { readonly kind: 'options'; readonly options: RedisOptions }
  | { readonly kind: 'instance'; readonly instance: RedisLike };

/** @throws ConfigError for what is neither URL nor options nor an instance of ioredis, and for an instance with keyPrefix or stringNumbers. */
export function resolveSource(redis: RedisSource): ConnectionSource {
  if (typeof redis === 'string') return { kind: 'options', options: parseRedisUrl(redis) };
  if (typeof redis !== 'object' || redis === null) {
    throw new ConfigError('option "redis" must be a URL, options of ioredis, or an instance of ioredis');
  }
  if (!isRedisLike(redis)) {
    refuseKeyPrefix(redis);
    refuseOtherClients(redis);
    return { kind: 'options', options: redis };
  }
  refuseKeyPrefix(redis.options);
  refuseStringNumbers(redis);
  return { kind: 'instance', instance: redis };
}

/**
 * The user's instance when commands may go through it. One that gathers commands by itself (`enableAutoPipelining`) is
 * only copied: ioredis 5 and 6 lose the name of a `callBuffer` on their way there, and throw where nobody catches it.
 */
export function usableInstance(source: ConnectionSource): RedisLike | null {
  if (source.kind === 'options') return null;
  const { enableAutoPipelining }: RedisOptions = source.instance.options;
  return enableAutoPipelining === true ? null : source.instance;
}

/** The Cluster whose user has asked for sharded pub/sub, in the words of ioredis. */
export function shardedCluster(source: ConnectionSource): RedisLike | null {
  if (source.kind === 'options' || !source.instance.isCluster) return null;
  const { shardedSubscribers }: { readonly shardedSubscribers?: unknown } = source.instance.options;
  return shardedSubscribers === true ? source.instance : null;
}

/** Answers of scripts hold numbers; connections of our own leave the option out. */
function refuseStringNumbers({ isCluster, options }: RedisLike): void {
  const { stringNumbers }: RedisOptions = isCluster ? nodeOptionsOf(options) : options;
  if (stringNumbers !== true) return;
  throw new ConfigError(
    'option "redis" is an instance with stringNumbers, which turns the numbers in answers into texts; give an instance without it, or its URL',
  );
}

/** Options of ioredis have no methods: this is a client of another library, which would be taken for "localhost". */
function refuseOtherClients(options: object): void {
  if (!('sendCommand' in options) && !('duplicate' in options)) return;
  throw new ConfigError('option "redis" is a client that is not one of ioredis 5 or 6; give its URL instead');
}

/** A connection of our own; it connects when it is used first. */
export function openConnection(source: ConnectionSource, purpose: ConnectionPurpose): RedisLike {
  if (source.kind === 'options') return new Redis(standaloneOptions(source.options, purpose));
  const { instance } = source;
  // A duplicate comes from the user's own copy of ioredis.
  const overrides = instance.isCluster
    ? [[], clusterOverrides(instance.options, purpose)]
    : [standaloneOptions(instance.options, purpose)];
  const copy: unknown = Reflect.apply(instance.duplicate, instance, overrides);
  if (isRedisLike(copy)) return copy;
  throw new ConfigError(
    'option "redis" has a duplicate() that does not answer an instance of ioredis; give its URL instead',
  );
}
