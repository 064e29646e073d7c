import type { ThreadOptions } from '@q/client/port';
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';

/** As much of a connection as the lease thread uses, to one server or to a Cluster. */
export type ThreadConnection = Redis | Cluster;

const preferred: RedisOptions = { connectTimeout: 3_000, keepAlive: 10_000, disableClientInfo: true };

function reconnectDelay(times: number): number {
  return (0.5 + Math.random() / 2) * Math.min(1_000, 50 * 2 ** Math.min(times, 10));
}

/** Nothing is kept for later: a renewal that cannot be sent now is made anew when it can. */
function requiredOfEach(connectionName: string): RedisOptions & { readonly replyMapping: 'legacy' } {
  return { connectionName, commandTimeout: undefined, socketTimeout: 4_900, replyMapping: 'legacy' };
}

/** It connects at once, and for as long as it takes. */
export function openThreadConnection(given: ThreadOptions, connectionName: string): ThreadConnection {
  return given.kind === 'cluster' ? openCluster(given, connectionName) : openServer(given, connectionName);
}

function openServer({ options }: ThreadOptions, connectionName: string): Redis {
  return new Redis({
    ...preferred,
    ...options,
    ...requiredOfEach(connectionName),
    lazyConnect: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    autoResendUnfulfilledCommands: false,
    // Rejects what is under way as soon as the connection closes.
    maxRetriesPerRequest: 0,
    failoverDetector: 'sentinels' in options,
    retryStrategy: reconnectDelay,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function openCluster(
  { nodes, options }: Extract<ThreadOptions, { kind: 'cluster' }>,
  connectionName: string,
): Cluster {
  const { redisOptions, ...others }: ClusterOptions = options;
  return new Cluster([...nodes], {
    ...others,
    lazyConnect: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    // Names are resolved when a node is connected to, as those are that the Cluster itself tells.
    dnsLookup: (address, done) => done(null, address),
    clusterRetryStrategy: reconnectDelay,
    redisOptions: { ...preferred, ...redisOptions, ...requiredOfEach(connectionName) },
  });
}
