-- read: everything that is known of some tasks. Writes nothing.
--
-- KEYS[1] running    hash    id -> tag of the claim that holds it
-- KEYS[2] due        zset    id -> when it becomes ready
-- KEYS[3] tries      hash    id -> tries,attempts,crashes,firstUnknown,tag
-- KEYS[4] task:<id>  string, one for every id, in order (any number)
-- ARGV[1] ms added to Redis time
-- ARGV[2] how many ids follow
--
-- replies { now, 0 | { value, tag or '', due or '', tries or '', errors of earlier tries }, ... }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua

-- validate
local ids, keys = {}, {}
for at = 1, tonumber(ARGV[2]) do
  ids[at] = ARGV[2 + at]
  keys[at] = KEYS[3 + at]
end

-- read
local now = read_now()
local values, tags, records = read_values(keys), read_fields(KEYS[1], ids), read_fields(KEYS[3], ids)
local reply = { now }
for at, value in ipairs(values) do
  local due = value and string.byte(value) == 100 and redis.call('ZSCORE', KEYS[2], ids[at])
  local errors = value and redis.call('LRANGE', history_key(ids[at]), 0, -1)
  reply[at + 1] = value and { value, tags[at] or '', due or '', records[at] or '', errors } or 0
end

-- write
return reply
