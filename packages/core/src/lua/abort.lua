-- abort: ends a task that is not running at once, and asks the worker that holds a running one to end it.
--
-- KEYS[1]  running    hash    id -> tag of the claim that holds it
-- KEYS[2]  task:<id>  string
-- KEYS[3]  aborts     hash    id -> when its abort was asked for
-- KEYS[4]  due        zset    id -> when it becomes ready
-- KEYS[5]  tries      hash    id -> tries,attempts,crashes,firstUnknown,tag
-- KEYS[6]  watch      hash    id -> clients that wait
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  id
-- ARGV[3]  not after, epoch ms
--
-- replies { now, 'aborted' } (also when it had been) | { now, 'asked' } | { now, 'finished' } | { now, 'missing' }
--       | { now, 'late' }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/kept-until.lua
-- @include fragments/messages.lua
-- @include fragments/values.lua
-- @include fragments/records.lua
-- @include fragments/finish.lua
-- @include fragments/endings.lua

-- validate
local id, not_after = ARGV[2], tonumber(ARGV[3])

-- read
local now = read_now()
if now > not_after then return { now, 'late' } end
local value = redis.call('GET', KEYS[2])
if not value then return { now, 'missing' } end
local byte = string.sub(value, 1, 1)
if byte == 'a' then return { now, 'aborted' } end
if not string.find('qdwg', byte, 1, true) then return { now, 'finished' } end
local tag = redis.call('HGET', KEYS[1], id)
-- Asked again, it is neither dated nor told again: a lost message is made up for by the renewal of the lease.
if redis.call('HGET', KEYS[3], id) and tag then return { now, 'asked' } end
local inbox = tag and inbox_key((string.match(tag, '^(.*)|')))
if inbox then redis.call('LLEN', inbox) end
local endings = new_endings()
if not tag then
  local record = redis.call('HGET', KEYS[5], id)
  redis.call('ZSCORE', KEYS[4], id)
  if record then redis.call('LLEN', history_key(id)) end
  add_ending(endings, id, 'a', '', value, now, record, redis.call('HGET', KEYS[6], id))
end

-- write
if tag then
  redis.call('HDEL', KEYS[3], '')
  redis.call('HSET', KEYS[3], id, now)
  redis.call('RPUSH', inbox, 'abort ' .. id)
  redis.call('PEXPIRE', inbox, 3600000)
  return { now, 'asked' }
end
redis.call('ZREM', KEYS[4], id)
write_endings(endings, { KEYS[3], KEYS[5], KEYS[6] })
return { now, 'aborted' }
