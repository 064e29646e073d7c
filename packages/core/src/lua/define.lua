-- define: makes a schedule known, or asserts it again. The definition of the worker that started last holds, unless
-- its owner has gone; a slot that is due and was not fired stays due. What nobody has asserted or fired for 400 days is
-- removed: a slot that is due may wait long for a worker.
--
-- KEYS[1] running         hash  (for the prefix)
-- KEYS[2] schedules       hash  name -> hash \n started \n owner \n asserted \n definition
-- KEYS[3] schedules:due   zset  name -> next slot
-- KEYS[4] schedules:last  hash  name -> last fired slot
-- KEYS[5] workers         zset  worker -> end of its lease
-- ARGV[1] ms added to Redis time
-- ARGV[2] worker
-- ARGV[3] when the worker started, epoch ms
-- ARGV[4] name
-- ARGV[5] hash of the definition
-- ARGV[6] definition
-- ARGV[7] next slot, epoch ms
--
-- replies { now, 'defined'|'kept'|'superseded', next slot }
-- @include fragments/clock.lua
-- @include fragments/lists.lua

-- validate
local FORGOTTEN = 400 * 86400000
local RETIRED = 7 * 86400000
local worker, started, name, hash, definition, slot = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])

local function parse(entry)
  local known_hash, known_started, owner, asserted = string.match(entry, '^([^\n]*)\n(%d+)\n([^\n]*)\n(%d+)\n')
  return { hash = known_hash, started = tonumber(known_started), owner = owner, asserted = tonumber(asserted) }
end

-- What nobody has asserted or fired for very long; looked for when a definition is new, as reading all of them takes long.
local function read_forgotten(now)
  local stale, forgotten = {}, {}
  local entries, fired = redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[4])
  for at = 1, #entries, 2 do
    local asserted = parse(entries[at + 1]).asserted
    if entries[at] ~= name and (not asserted or now - asserted > FORGOTTEN) then stale[#stale + 1] = entries[at] end
  end
  for at = 1, #fired, 2 do
    if now - tonumber(fired[at + 1]) > FORGOTTEN then forgotten[#forgotten + 1] = fired[at] end
  end
  return stale, forgotten
end

-- read
local now = read_now()
local entry = redis.call('HGET', KEYS[2], name)
local known = entry and parse(entry)
local last = tonumber(redis.call('HGET', KEYS[4], name) or 0)
local due = tonumber(redis.call('ZSCORE', KEYS[3], name) or 0)
local same = known and known.hash == hash
local owner_lives = known and known.owner and redis.call('ZSCORE', KEYS[5], known.owner)
if known and not same and owner_lives and known.started and known.started >= started and known.owner ~= worker then
  return { now, 'superseded', due }
end
-- What is due and was not fired yet is owed, whatever the new definition says of later slots, unless it is one of a schedule
-- that has long been retired.
local is_owed = due > 0 and due <= now and known and known.asserted and now - known.asserted <= RETIRED
local kept = due > last and (same or is_owed)
local next_slot = kept and due or slot
if next_slot <= last then return { now, 'superseded', due } end
local stale, forgotten = {}, {}
if not same then stale, forgotten = read_forgotten(now) end

-- write
-- A refused command first: a new schedule is new work, which a full Redis does not take.
local owner_started = same and owner_lives and known.started > started and known.started or started
local owner = owner_started ~= started and known.owner or worker
redis.call('HSET', KEYS[2], name, hash .. '\n' .. owner_started .. '\n' .. owner .. '\n' .. now .. '\n' .. definition)
redis.call('ZADD', KEYS[3], next_slot, name)
write_chunked('HDEL', KEYS[2], stale)
write_chunked('ZREM', KEYS[3], stale)
write_chunked('HDEL', KEYS[4], forgotten)
return { now, kept and 'kept' or 'defined', next_slot }
