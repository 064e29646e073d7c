import { Cluster, type RedisOptions } from 'ioredis';

interface Node {
  readonly host: string;
  readonly port: number;
}

/** Who one is there; nobody where that is not asked. */
interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** Where Redis is, in a form that can be sent to another process. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | ({ readonly kind: 'sentinels'; readonly sentinels: readonly Node[]; readonly name: string } & Credentials)
  | ({ readonly kind: 'cluster'; readonly nodes: readonly Node[] } & Credentials);

/** What is given to clients and workers as their option `redis`. */
export interface OpenedAddress {
  readonly redis: string | RedisOptions | Cluster;
  /** After those that use it. */
  readonly close: () => void;
}

export function openAddress(address: RedisAddress): OpenedAddress {
  switch (address.kind) {
    case 'server':
      return { redis: address.url, close: () => undefined };
    case 'sentinels': {
      const { kind, sentinels, ...others } = address;
      return { redis: { ...others, sentinels: [...sentinels] }, close: () => undefined };
    }
    case 'cluster': {
      const { kind, nodes, ...redisOptions } = address;
      const redis = new Cluster([...nodes], { redisOptions: { disableClientInfo: true, ...redisOptions } });
      // Whoever uses it hears of them by its calls.
      redis.on('error', () => undefined);
      return { redis, close: () => redis.disconnect() };
    }
  }
}
