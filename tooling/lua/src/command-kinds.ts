const reads = `
  bitcount bitfield_ro bitpos dbsize dump echo exists expiretime geodist geohash geopos georadius_ro
  georadiusbymember_ro geosearch get getbit getrange hexists hget hgetall hkeys hlen hmget hrandfield hscan hstrlen
  hvals keys lcs lindex llen lolwut lpos lrange memory mget object pexpiretime pfcount ping pttl randomkey scan scard
  sdiff sinter sintercard sismember smembers smismember sort_ro srandmember sscan strlen substr sunion time ttl type
  xinfo xlen xpending xrange xread xrevrange zcard zcount zdiff zinter zintercard zlexcount zmscore zrandmember zrange
  zrangebylex zrangebyscore zrank zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion
`;

// PUBLISH and SPUBLISH store nothing, but who hears them acts on them: they may no more come before a refusal than a write.
const writes = `
  append bitfield bitop copy decr decrby del expire expireat flushall flushdb geoadd geosearchstore getdel getex
  getset hdel hincrby hincrbyfloat hmset hset hsetnx incr incrby incrbyfloat linsert lmove lmpop lpop lpush lpushx lrem
  lset ltrim mset msetnx persist pexpire pexpireat pfadd pfmerge psetex publish rename renamenx restore rpop rpoplpush
  rpush rpushx sadd sdiffstore set setbit setex setnx setrange sinterstore smove sort spop spublish srem sunionstore
  touch unlink xack xadd xautoclaim xclaim xdel xgroup xreadgroup xsetid xtrim zadd zdiffstore zincrby zinterstore
  zmpop zpopmax zpopmin zrangestore zrem zremrangebylex zremrangebyrank zremrangebyscore zunionstore
`;

export type CommandKind = 'read' | 'write';

const kinds: ReadonlyMap<string, CommandKind> = new Map([
  ...words(reads).map((name): [string, CommandKind] => [name, 'read']),
  ...words(writes).map((name): [string, CommandKind] => [name, 'write']),
]);

/** What a Redis command does to the data; undefined for one that no script has a use for. */
export function commandKind(name: string): CommandKind | undefined {
  return kinds.get(name.toLowerCase());
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
