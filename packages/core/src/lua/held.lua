-- held: which tasks a worker holds, and which locks it keeps of runs that have ended but not returned, for its
-- reconciliation. Writes nothing.
--
-- KEYS[1] running     hash  id -> tag
-- KEYS[2] claims:<w>  hash  n -> last claim number; number -> ids
-- KEYS[3] workers     zset  worker -> end of its lease
-- KEYS[4] unique      hash  lock -> id,tag[,since]
-- ARGV[1] ms added to Redis time
-- ARGV[2] worker
--
-- replies { now, 'held', { id, tag, ... }, { lock, id, tag, ... } } | { now, 'lapsed' }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/holdings.lua

-- validate
local worker = ARGV[2]

-- read
local now = read_now()
if not redis.call('ZSCORE', KEYS[3], worker) then return { now, 'lapsed' } end
local flat = {}
for _, item in ipairs(read_holdings(KEYS[1], worker)) do
  flat[#flat + 1] = item.id
  flat[#flat + 1] = item.tag
end
local kept, locks = {}, redis.call('HGETALL', KEYS[4])
for at = 1, #locks, 2 do
  local id, tag = string.match(locks[at + 1], '^(.+),([^,]+),%d+$')
  if tag and string.sub(tag, 1, #worker + 1) == worker .. '|' then
    kept[#kept + 1] = locks[at]
    kept[#kept + 1] = id
    kept[#kept + 1] = tag
  end
end

-- write
return { now, 'held', flat, kept }
