import { ConfigError } from '@q/core';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { retryDelay } from './backoff.ts';

export interface ConnectionPurpose {
  readonly purpose: string;
  readonly queue: string;
}

/** What users may set otherwise. A frozen server is given up after 4.9 s, but only while it owes an answer. */
const preferred: RedisOptions = {
  connectTimeout: 3_000,
  keepAlive: 10_000,
  disconnectTimeout: 500,
  maxLoadingRetryTime: 500,
  // Two commands for every connection, which need a permission that Redis 7.0 does not know.
  disableClientInfo: true,
};

function reconnectDelay(times: number): number {
  return retryDelay(times - 1);
}

/** A replica that was the master a moment ago: the connection has to find the new one. */
function isReadOnly(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

/** The reply shapes that scripts are read with, whatever a user prefers for his own instance. */
type OurOptions = RedisOptions & { readonly replyMapping: 'legacy' };

/**
 * What correctness rests on: nothing is queued, repeated or timed out by ioredis itself. All of that is done by the
 * port, which knows every call's deadline.
 */
const required: OurOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  enableAutoPipelining: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: null,
  commandTimeout: undefined,
  blockingTimeout: undefined,
  socketTimeout: 4_900,
  stringNumbers: false,
  replyMapping: 'legacy',
  monitor: false,
  retryStrategy: reconnectDelay,
  reconnectOnError: isReadOnly,
};

function connectionName({ purpose, queue }: ConnectionPurpose): string {
  return `q:${purpose}:${queue}`;
}

/** @throws ConfigError for a `keyPrefix`: scripts build key names too, and would build them without it. */
export function refuseKeyPrefix(options: object): void {
  if (!('keyPrefix' in options) || options.keyPrefix === undefined || options.keyPrefix === '') return;
  throw new ConfigError(
    'option "redis" has a keyPrefix, which scripts do not see; remove it and use the option "queue" to keep things apart',
  );
}

/** Options of a connection of our own to the server that `given` names. */
export function standaloneOptions(given: RedisOptions, purpose: ConnectionPurpose): OurOptions {
  refuseKeyPrefix(given);
  return {
    ...preferred,
    ...(hasSentinels(given) ? { failoverDetector: true } : {}),
    ...given,
    ...required,
    connectionName: connectionName(purpose),
  };
}

function hasSentinels(options: RedisOptions): boolean {
  return Array.isArray(options.sentinels) && options.sentinels.length > 0;
}

/**
 * What a duplicate of a user's Cluster must have otherwise. Its node connections answer to the cluster, not to us. Who the
 * user is and how he encrypts is repeated: a duplicate of ioredis 5 has no `redisOptions` but these.
 */
export function clusterOverrides(given: object, purpose: ConnectionPurpose): ClusterOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    // Sharded channels have a connection of our own.
    shardedSubscribers: false,
    clusterRetryStrategy: reconnectDelay,
    redisOptions: { ...nodeOptionsOf(given), ...requiredOfNodes(purpose) },
  };
}

/** What every connection to a node of the given Cluster has. */
export function nodeOptionsOf(given: object): RedisOptions {
  const { redisOptions = {} }: ClusterOptions = given;
  return redisOptions;
}

function requiredOfNodes(purpose: ConnectionPurpose): OurOptions {
  return {
    connectionName: connectionName(purpose),
    disableClientInfo: true,
    connectTimeout: 3_000,
    disconnectTimeout: 500,
    socketTimeout: 4_900,
    commandTimeout: undefined,
    blockingTimeout: undefined,
    stringNumbers: false,
    replyMapping: 'legacy',
  };
}
