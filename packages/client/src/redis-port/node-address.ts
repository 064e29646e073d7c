import type { RedisLike } from './redis-like.ts';

/** A node of a Cluster, as it is reached from here. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** Those that a Cluster consists of now; none before it has been connected. */
export function nodesOf(cluster: RedisLike): readonly NodeAddress[] {
  return (cluster.nodes?.('all') ?? []).flatMap(({ options }) => addressIn(options));
}

/** Where an answer of a node says that a slot is: `MOVED <slot> <host>:<port>`, the host empty for that of who answers. */
export function movedTo(thrown: unknown, cluster: RedisLike, asked = ''): NodeAddress | undefined {
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(thrown instanceof Error ? thrown.message : '') ?? [];
  if (host === undefined) return undefined;
  return mapped({ host: host === '' ? asked : host, port: Number(port) }, cluster.options);
}

/** `natMap` of ioredis: addresses as the nodes know them, to those that they have here. */
function mapped(address: NodeAddress, options: object): NodeAddress {
  const { natMap }: { readonly natMap?: unknown } = options;
  const key = `${address.host}:${address.port}`;
  const found: unknown =
    typeof natMap === 'function'
      ? natMap(key)
      : typeof natMap === 'object' && natMap !== null && Reflect.get(natMap, key);
  return (typeof found === 'object' && found !== null ? addressIn(found)[0] : undefined) ?? address;
}

function addressIn(options: object): readonly NodeAddress[] {
  if (!('host' in options) || !('port' in options)) return [];
  const { host, port } = options;
  return typeof host === 'string' && typeof port === 'number' ? [{ host, port }] : [];
}
