-- unwatch: takes a client off the list of those that wait.
--
-- KEYS[1] running    hash  (for the prefix)
-- KEYS[2] watch      hash  id -> clients that wait, divided by commas
-- ARGV[1] ms added to Redis time
-- ARGV[2] client
-- ARGV[3] how many ids follow
--
-- replies { now, 'unwatched' }
-- @include fragments/clock.lua
-- @include fragments/lists.lua

-- validate
local client, ids = ARGV[2], {}
for at = 1, tonumber(ARGV[3]) do ids[at] = ARGV[3 + at] end

-- read
local now = read_now()
local gone, changed = {}, {}
for at, known in ipairs(read_fields(KEYS[2], ids)) do
  if known then
    local others = {}
    for other in string.gmatch(known, '[^,]+') do
      if other ~= client then others[#others + 1] = other end
    end
    if #others == 0 then
      gone[#gone + 1] = ids[at]
    else
      changed[#changed + 1] = ids[at]
      changed[#changed + 1] = table.concat(others, ',')
    end
  end
end

-- write
redis.call('HDEL', KEYS[2], '')
write_chunked('HDEL', KEYS[2], gone)
write_chunked('HSET', KEYS[2], changed)
return { now, 'unwatched' }
