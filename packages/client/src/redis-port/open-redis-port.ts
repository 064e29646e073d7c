import { queueKeys, requireQueueName } from '@q/core/wire';
import type { RedisPort, RedisPortOptions } from '../redis-port.ts';
import { connectPort } from './connected-port.ts';
import { resolveSource } from './open-connection.ts';
import { createRedisClock } from './redis-clock.ts';

/**
 * A port on a new connection, or on the user's instance. Nothing is sent before the first use.
 *
 * @throws ConfigError for a bad URL, a `keyPrefix`, or a queue name with characters that keys cannot have.
 */
export function openRedisPort({ redis, queue, purpose, timeShift = 0 }: RedisPortOptions): RedisPort {
  const keys = queueKeys(requireQueueName(queue));
  return connectPort({ source: resolveSource(redis), clock: createRedisClock(), keys, timeShift }, purpose);
}
