-- join: makes a wire id of a worker known and gives it its first lease.
--
-- KEYS[1] running     hash    (for the prefix)
-- KEYS[2] workers     zset    worker -> end of its lease
-- KEYS[3] meta        hash    protocol
-- KEYS[4] worker:<w>  string  what the worker says of itself
-- ARGV[1] ms added to Redis time
-- ARGV[2] worker
-- ARGV[3] lease, ms
-- ARGV[4] what the worker says of itself, JSON
-- ARGV[5] protocol version of the worker
--
-- replies { now, 'joined' } | { now, 'incompatible', protocol of the queue }
-- @include fragments/clock.lua

-- validate
local worker, lease, version = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])

-- read
local now = read_now()
local protocol = tonumber(redis.call('HGET', KEYS[3], 'protocol') or version)
if protocol > version then return { now, 'incompatible', protocol } end

-- write
redis.call('ZREM', KEYS[2], '')
redis.call('HSET', KEYS[3], 'protocol', version)
redis.call('ZADD', KEYS[2], now + lease, worker)
redis.call('SET', KEYS[4], ARGV[4], 'PX', 86400000)
return { now, 'joined' }
