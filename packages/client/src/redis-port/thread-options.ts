import { type NodeAddress, nodesOf } from './node-address.ts';
import type { ConnectionSource } from './open-connection.ts';
import type { RedisLike } from './redis-like.ts';

/** How a worker thread makes a connection of its own. All of it can be cloned. */
export type ThreadOptions =
  | { readonly kind: 'server'; readonly options: object }
  | {
      readonly kind: 'cluster';
      /** Those that the Cluster consists of now. */
      readonly nodes: readonly NodeAddress[];
      readonly options: object;
    };

/** Functions that the receiver makes anew. */
const remade = ['retryStrategy', 'reconnectOnError', 'sentinelRetryStrategy', 'sentinelReconnectStrategy'];
/** Functions of a Cluster that are not needed where its nodes are known by the addresses that they go by. */
const remadeOfCluster = [
  'clusterRetryStrategy',
  'clusterNodeRetryStrategy',
  'dnsLookup',
  'resolveSrv',
  'useSRVRecords',
  'scaleReads',
];

/** `null` when something in the options cannot be sent to a thread, such as a custom connector. */
export function threadOptionsOf(source: ConnectionSource): ThreadOptions | null {
  if (source.kind === 'instance' && source.instance.isCluster) return ofCluster(source.instance);
  const options = cloneable(source.kind === 'options' ? source.options : source.instance.options, remade);
  return options === null ? null : { kind: 'server', options };
}

/** `null` also before it has been connected: its nodes are not known then. */
function ofCluster(cluster: RedisLike): ThreadOptions | null {
  const nodes = nodesOf(cluster);
  const { redisOptions = {}, ...others }: { readonly redisOptions?: object } = cluster.options;
  const [ofNodes, ofAll] = [cloneable(redisOptions, remade), cloneable(others, remadeOfCluster)];
  if (nodes.length === 0 || ofNodes === null || ofAll === null) return null;
  return { kind: 'cluster', nodes, options: { ...ofAll, redisOptions: ofNodes } };
}

function cloneable(given: object, left: readonly string[]): object | null {
  const kept = Object.entries(given).filter(
    ([key, value]) => value !== undefined && value !== null && !left.includes(key),
  );
  try {
    return structuredClone(Object.fromEntries(kept));
  } catch {
    return null;
  }
}
