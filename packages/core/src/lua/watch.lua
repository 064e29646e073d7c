-- watch: answers results that are there and registers the client for those that are to come, in one step, so that
-- no result falls between the two.
--
-- KEYS[1] running    hash    (for the prefix)
-- KEYS[2] watch      hash    id -> clients that wait, divided by commas
-- KEYS[3] task:<id>  string, one for every id, in order (any number)
-- ARGV[1] ms added to Redis time
-- ARGV[2] client
-- ARGV[3] how many ids follow
--
-- replies { now, value | 'watching' as 1 | 'missing' as 0, ... }
-- @include fragments/clock.lua
-- @include fragments/lists.lua

-- validate
local client, ids, keys = ARGV[2], {}, {}
for at = 1, tonumber(ARGV[3]) do
  ids[at] = ARGV[3 + at]
  keys[at] = KEYS[2 + at]
end

-- read
local now = read_now()
local reply, registered = { now }, {}
local watchers = read_fields(KEYS[2], ids)
for at, value in ipairs(read_values(keys)) do
  local pending = value and string.find('qdwg', string.sub(value, 1, 1), 1, true)
  reply[at + 1] = pending and 1 or value or 0
  local known = watchers[at] or ''
  if pending and not string.find(',' .. known .. ',', ',' .. client .. ',', 1, true) then
    registered[#registered + 1] = ids[at]
    registered[#registered + 1] = known == '' and client or known .. ',' .. client
  end
end

-- write
-- An allowed command first: results must reach those who wait while Redis is full.
redis.call('HDEL', KEYS[2], '')
write_chunked('HSET', KEYS[2], registered)
return reply
