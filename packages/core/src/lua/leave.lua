-- leave: ends a worker's membership. What it still holds goes back to the front of the queue, uncharged, at most
-- 200 a call; the worker is removed with the last of it.
--
-- KEYS[1]  running     hash  id -> tag
-- KEYS[2]  claims:<w>  hash  n -> last claim number; number -> ids
-- KEYS[3]  workers     zset
-- KEYS[4]  worker:<w>  string
-- KEYS[5]  inbox:<w>   list
-- KEYS[6]  ready       list
-- KEYS[7]  bell        list  at most one token
-- KEYS[8]  suspects    list
-- KEYS[9]  tries       hash
-- KEYS[10] dead        zset
-- KEYS[11] unique      hash  lock -> id,tag[,since]
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  worker
--
-- replies { now, 'left' } | { now, 'more' }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/holdings.lua

-- validate
local worker, LIMIT = ARGV[2], 200

-- Locks of what it holds, and of runs that have ended but not let go: with the worker all of them are void.
local function read_locks(unique, owner)
  local flat, locks = redis.call('HGETALL', unique), {}
  for at = 1, #flat, 2 do
    if string.match(flat[at + 1], '^[^,]*,([^|]*)|') == owner then locks[#locks + 1] = flat[at] end
  end
  return locks
end

-- read
local now = read_now()
local held, gone = read_holdings(KEYS[1], worker), {}
-- The newest go first: each step puts its tasks in front of those of the step before.
for at = math.max(1, #held - LIMIT + 1), #held do gone[#gone + 1] = held[at].id end
local records, back, suspects = read_fields(KEYS[9], gone), {}, {}
for at = #gone, 1, -1 do
  local crashes = records[at] and tonumber(string.match(records[at], '^%d+,%d+,(%d+)')) or 0
  local list = crashes >= 2 and suspects or back
  list[#list + 1] = gone[at]
end
local waiting = redis.call('LLEN', KEYS[6]) + redis.call('LLEN', KEYS[8])
redis.call('EXISTS', KEYS[4], KEYS[5])
redis.call('ZCARD', KEYS[3])
redis.call('ZCARD', KEYS[10])
local quiet = redis.call('LLEN', KEYS[7]) == 0
local locks = read_locks(KEYS[11], worker)

-- write
redis.call('ZREM', KEYS[3], '')
write_chunked('HDEL', KEYS[1], gone)
write_chunked('RPUSH', KEYS[6], back)
write_chunked('RPUSH', KEYS[8], suspects)
-- Whoever leaves may have taken a token along, for what it did not claim any more.
if #gone + waiting > 0 and quiet then redis.call('LPUSH', KEYS[7], '1') end
if #held > LIMIT then return { now, 'more' } end
redis.call('ZREM', KEYS[3], worker)
redis.call('ZREM', KEYS[10], worker)
redis.call('DEL', KEYS[2], KEYS[4], KEYS[5])
write_chunked('HDEL', KEYS[11], locks)
return { now, 'left' }
