// Generated from the .lua files by `pnpm lua`; change those and run it again.
import type { luaSources } from './sources.gen.ts';

/** The Redis commands that each script calls, divided by spaces. */
export const luaCommands: Readonly<Record<keyof typeof luaSources, string>> = {
  abort: 'get hdel hget hmget hset llen mget mset pexpire pexpireat publish rpush spublish time zrem zscore',
  audit: 'del exists getrange hdel hexists hget hgetall hlen hmget hset llen lpush lrange ltrim mget pexpire pttl rpush setrange time zadd zcard zmscore zrange zrem zscore',
  define: 'hdel hget hgetall hmget hset mget time zadd zrem zscore',
  enqueue: 'get hlen hmget hset llen lpush mget msetnx set time zadd zrange',
  fire: 'exists getrange hget hset llen lpush set time zadd zrem zscore',
  held: 'hgetall hmget mget time zscore',
  join: 'hget hset set time zadd zrem',
  leave: 'del exists hdel hgetall hmget llen lpush mget rpush time zcard zrem',
  read: 'hmget lrange mget time zscore',
  renew: 'del exists getrange hdel hget hgetall hkeys hmget hset llen lpush mget mset pexpire pexpireat publish rpush setrange spublish time zadd zrange zrangebyscore zrem zscore',
  step: 'del exists getrange hdel hexists hget hgetall hlen hmget hset lindex llen lpush lrange ltrim mget mset pexpire pexpireat publish rpop rpush set setrange spublish time zadd zcard zrange zrangebyscore zrank zrem zscore',
  survey: 'hget hscan lrange scan time type zscan',
  unwatch: 'hdel hmget hset mget time',
  watch: 'hdel hmget hset mget time',
};
