/** A Redis for the demo and the tests. Start at {@link ensureRedis} or, to kill it, {@link startRedisServer}. */
export { breakDisk } from './broken-disk.ts';
export { type EnsuredRedis, type EnsureRedisOptions, ensureRedis } from './ensure-redis.ts';
export { DevRedisError } from './errors.ts';
export type { Search } from './find-runtime.ts';
export { freePort } from './free-port.ts';
export { orExit } from './or-exit.ts';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.ts';
export { emptyDatabase, removeKeys } from './server-url.ts';
export { askServer, infoOf } from './sets/ask-server.ts';
export { type ClusterSet, startClusterSet } from './sets/cluster-set.ts';
export { type OpenedAddress, openAddress, type RedisAddress } from './sets/redis-address.ts';
export { type SentinelSet, startSentinelSet } from './sets/sentinel-set.ts';
export { type UntilOptions, until } from './until.ts';
