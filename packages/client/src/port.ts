/** For packages of this family: the connection that clients and workers share. Its shape may change in any version. */
export { createClientOn } from './create-client.ts';
export type { Popped, PoppedAndRun } from './redis-port/blocking-pop.ts';
export { ConnectionLostError, PortClosedError, RedisRefusedError } from './redis-port/errors.ts';
export { openRedisPort } from './redis-port/open-redis-port.ts';
export type { RedisClock } from './redis-port/redis-clock.ts';
export type { RedisLike, RedisSource } from './redis-port/redis-like.ts';
export type { ServerInfo } from './redis-port/server-info.ts';
export type { ThreadOptions } from './redis-port/thread-options.ts';
export type { RedisPort, RedisPortOptions, RunOptions, ScriptCall } from './redis-port.ts';
