import type { ThreadOptions } from '@q/client/port';
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { LeaseOrder } from './lease-order.ts';

/** As much of a connection as the lease thread uses, to one server or to a Cluster. */
export type ThreadConnection = Redis | Cluster;

const preferred: RedisOptions = { connectTimeout: 3_000, keepAlive: 10_000, disableClientInfo: true };

/**
 * Delays between attempts to connect, ms, growing to a second, or to half the time between two renewals: a lease has to
 * outlive several attempts.
 */
export function reconnectDelays(interval: number): (times: number) => number {
  const most = Math.min(1_000, interval / 2);
  return (times) => (0.5 + Math.random() / 2) * Math.min(most, 50 * 2 ** Math.min(times, 10));
}

/** Nothing is kept for later: a renewal that cannot be sent now is made anew when it can. */
function requiredOfEach(connectionName: string): RedisOptions & { readonly replyMapping: 'legacy' } {
  return { connectionName, commandTimeout: undefined, socketTimeout: 4_900, replyMapping: 'legacy' };
}

/** It connects at once, and for as long as it takes. */
export function openThreadConnection(
  order: Pick<LeaseOrder, 'connection' | 'connectionName' | 'interval'>,
): ThreadConnection {
  const { connection, connectionName } = order;
  const delays = reconnectDelays(order.interval);
  return connection.kind === 'cluster'
    ? openCluster(connection, connectionName, delays)
    : openServer(connection, connectionName, delays);
}

type Delays = ReturnType<typeof reconnectDelays>;

function openServer({ options }: ThreadOptions, connectionName: string, retryStrategy: Delays): Redis {
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
    retryStrategy,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function openCluster(
  { nodes, options }: Extract<ThreadOptions, { kind: 'cluster' }>,
  connectionName: string,
  clusterRetryStrategy: Delays,
): Cluster {
  const { redisOptions, ...others }: ClusterOptions = options;
  return new Cluster([...nodes], {
    ...others,
    lazyConnect: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    // Names are resolved when a node is connected to, as those are that the Cluster itself tells.
    dnsLookup: (address, done) => done(null, address),
    clusterRetryStrategy,
    redisOptions: { ...preferred, ...redisOptions, ...requiredOfEach(connectionName) },
  });
}
