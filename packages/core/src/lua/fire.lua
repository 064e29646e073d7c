-- fire: enqueues the occurrence of a schedule's slot and moves the schedule to its next one, exactly once per slot
-- over any number of workers.
--
-- KEYS[1]  running         hash    id -> tag
-- KEYS[2]  schedules       hash    name -> hash \n ...
-- KEYS[3]  schedules:due   zset    name -> next slot
-- KEYS[4]  schedules:last  hash    name -> last fired slot
-- KEYS[5]  task:<id>       string  the occurrence
-- KEYS[6]  ready           list
-- KEYS[7]  bell            list    at most one token
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  name
-- ARGV[3]  hash of the definition
-- ARGV[4]  slot as this worker knows it: the one that is due
-- ARGV[5]  slot to fire: the same, or a later one when several were missed; '' fires none and only moves on
-- ARGV[6]  next slot
-- ARGV[7]  id
-- ARGV[8]  value
-- ARGV[9]  '1' when an occurrence is skipped while the one before has not ended
--
-- replies { now, 'fired'|'skipped', next slot } | { now, 'already'|'stale'|'early', slot that is due or -1 }
-- @include fragments/keys.lua
-- @include fragments/clock.lua

-- validate
local name, hash, due_slot, slot, next_slot = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local id, value, exclusive = ARGV[7], ARGV[8], ARGV[9] == '1'

-- read
local now = read_now()
local entry = redis.call('HGET', KEYS[2], name)
local due = tonumber(redis.call('ZSCORE', KEYS[3], name) or -1)
local last = tonumber(redis.call('HGET', KEYS[4], name) or 0)
if not entry or string.match(entry, '^([^\n]*)\n') ~= hash then return { now, 'stale', due } end
if due ~= due_slot then return { now, due_slot <= last and 'already' or 'stale', due } end
if due_slot > now or slot and slot > now then return { now, 'early', due } end
local before = last > 0 and redis.call('GETRANGE', task_key('cron:' .. name .. ':' .. last), 0, 0) or ''
local busy = exclusive and before ~= '' and string.find('qdwg', before, 1, true)
local known = redis.call('EXISTS', KEYS[5]) == 1
redis.call('LLEN', KEYS[6])
local quiet = redis.call('LLEN', KEYS[7]) == 0
local fires = slot and slot > last and not busy and not known

-- write
redis.call('ZREM', KEYS[3], '')
redis.call('ZADD', KEYS[3], next_slot, name)
-- A skipped slot is not remembered: the occurrence before it is still the one to wait for.
if fires then
  redis.call('HSET', KEYS[4], name, slot)
  redis.call('SET', KEYS[5], value)
  redis.call('LPUSH', KEYS[6], id)
  if quiet then redis.call('LPUSH', KEYS[7], '1') end
end
return { now, fires and 'fired' or 'skipped', next_slot }
