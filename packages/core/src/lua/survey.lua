-- survey: one page of a walk through a queue, for the auditor. What is there during the whole walk is in one of its
-- pages; what comes and goes meanwhile may be. Writes nothing.
--
-- KEYS[1] running    hash  (for the prefix)
-- KEYS[2] meta       hash  protocol
-- KEYS[3] the table that is walked; `running` for all keys
-- ARGV[1] ms added to Redis time
-- ARGV[2] 'keys' for the names of all keys, or what KEYS[3] is: 'hash', 'zset' or 'list'
-- ARGV[3] cursor that the page before answered; '0' begins
-- ARGV[4] about how many
--
-- replies { now, protocol of the queue or 0, next cursor or '0' at the end, { name, type, … } }, names without the prefix
--       | { now, protocol of the queue or 0, next cursor or '0' at the end, { field, member or element, … } }
-- @include fragments/prefix.lua
-- @include fragments/clock.lua

-- validate
local what, cursor, count = ARGV[2], ARGV[3], tonumber(ARGV[4])

local function read_keys()
  -- Redis asks one node for this, which is the one of the queue's slot: KEYS[1] has led the call to it.
  local page, named = redis.call('SCAN', cursor, 'MATCH', prefix .. '*', 'COUNT', count), {}
  for at, key in ipairs(page[2]) do
    named[2 * at - 1] = string.sub(key, #prefix + 1)
    named[2 * at] = redis.call('TYPE', key).ok
  end
  return page[1], named
end

-- From the newest to the oldest: pushes on the left move what is still to come further away and pops on the right take
-- it away, so nothing that stays is passed over.
local function read_elements()
  local first = tonumber(cursor)
  local page = redis.call('LRANGE', KEYS[3], first, first + count - 1)
  return #page < count and '0' or tostring(first + count), page
end

local function read_fields_of_page()
  local page = what == 'hash' and redis.call('HSCAN', KEYS[3], cursor, 'COUNT', count)
    or redis.call('ZSCAN', KEYS[3], cursor, 'COUNT', count)
  local fields = {}
  for at = 1, #page[2], 2 do fields[#fields + 1] = page[2][at] end
  return page[1], fields
end

-- read
local now = read_now()
-- pcall: of another type, it is in the pages of the keys
local protocol = tonumber(redis.pcall('HGET', KEYS[2], 'protocol')) or 0
local next_cursor, found
if what == 'keys' then
  next_cursor, found = read_keys()
elseif what == 'list' then
  next_cursor, found = read_elements()
else
  next_cursor, found = read_fields_of_page()
end

-- write
return { now, protocol, next_cursor, found }
