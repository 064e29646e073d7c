import type { RedisOptions } from 'ioredis';

/** Commands that leave in one piece, to one server. */
export interface PipelineLike {
  callBuffer(command: string, args: (string | Buffer | number)[]): unknown;
  exec(): Promise<readonly (readonly [error: Error | null, result: unknown])[] | null>;
}

/**
 * As much of an ioredis `Redis` or `Cluster`, of version 5 or 6, as is used here. Seen by its shape, because an instance
 * may come from another copy of ioredis than the one of this package.
 */
export interface RedisLike {
  readonly status: string;
  readonly options: object;
  readonly isCluster: boolean;
  /** The socket, while there is one; a Cluster has many and shows none. */
  readonly stream?: { cork(): void; uncork(): void } | null | undefined;
  connect(): Promise<void>;
  disconnect(): void;
  duplicate(...overrides: never[]): unknown;
  callBuffer(command: string, args: (string | Buffer | number)[]): Promise<unknown>;
  pipeline(): PipelineLike;
  /** The connections of a Cluster to its nodes. */
  nodes?(role: 'all'): ReadonlyArray<{ readonly options: object }>;
  /** A Cluster asks its nodes who has which slots. */
  refreshSlotsCache?(callback: (error?: Error | null) => void): void;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  getMaxListeners?(): number;
  setMaxListeners?(count: number): unknown;
}

/**
 * A URL (`redis://`, `rediss://`), the options of ioredis, or an instance of it, which stays yours to close. An instance
 * with `enableAutoPipelining` is only copied.
 */
export type RedisSource = string | RedisOptions | RedisLike;

const methods = ['connect', 'disconnect', 'duplicate', 'callBuffer', 'pipeline', 'subscribe', 'on', 'off'];

/** Whether this is an instance and not options for one. */
export function isRedisLike(value: unknown): value is RedisLike {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}
