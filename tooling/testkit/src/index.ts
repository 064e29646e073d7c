/** Tests against a real Redis and real processes. Start at {@link test}. */
export { breakDisk, type RedisAddress } from '@q/dev-redis';
export {
  type ChildOptions,
  type ChildProcess,
  type Exit,
  type LineMatch,
  startChild,
} from './child-process.ts';
export { type CommandsPerformed, commandsPerformed } from './commands-performed.ts';
export { connectionOptions } from './connection-options.ts';
export { type FaultyLine, openFaultyLine } from './faulty-line.ts';
export { type Fixtures, test } from './fixtures.ts';
export { queueName } from './queue-name.ts';
export { createRedisUser, type RedisUser } from './redis-user.ts';
