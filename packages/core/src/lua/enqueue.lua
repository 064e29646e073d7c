-- enqueue: stores tasks that are not there yet and puts each where it waits. Refused whole, with nothing written,
-- when Redis is full or the call comes later than its sender still waits for.
--
-- KEYS[1] running    hash    (for the prefix)
-- KEYS[2] ready      list    ids that wait, newest on the left
-- KEYS[3] bell       list    at most one token
-- KEYS[4] due        zset    id -> when it becomes ready
-- KEYS[5] watch      hash    id -> clients that wait
-- KEYS[6] task:<id>  string, one for every item, in order (any number)
-- ARGV[1] ms added to Redis time
-- ARGV[2] not after, epoch ms
-- ARGV[3] how many items there are
-- ARGV[4] '1' when an id may be among them twice: one that was given, not generated
-- ARGV[5] client that is to be told of all results; empty for none, and when one of them does not start now
-- ARGV[6] value of each, in the order of the keys; then, for each that does not start now, its number from 1 and its
--         start: '+ms' or '@epoch ms'
--
-- replies { now, 'late' } | { now, 'created' } (all of them, and the client is told) | { now, 'mixed', 'created'|'duplicate'|'wrong-type', ... }
-- @include fragments/clock.lua

-- Few calls need what is in here: some start later, or some are known.
local function define_exceptions()
  -- @include fragments/lists.lua
  local function has_repeated(ids)
    local seen = {}
    for _, id in ipairs(ids) do
      if seen[id] then return true end
      seen[id] = true
    end
    return false
  end

  -- When items become ready, by their number, of those that are not ready now; and the earliest of these moments.
  -- The sender's clock may not know yet which they are: the state in the value is set here.
  local function plan_starts(stored, first_arg, now)
    local due_of, earliest = {}, nil
    for at = first_arg, #ARGV, 2 do
      local number, start = tonumber(ARGV[at]), ARGV[at + 1]
      local due = tonumber(string.sub(start, 2))
      if string.sub(start, 1, 1) == '+' then due = now + due end
      local waits = due > now
      if waits then due_of[number] = due end
      if waits and (not earliest or due < earliest) then earliest = due end
      stored[2 * number] = (waits and 'd' or 'q') .. string.sub(stored[2 * number], 2)
    end
    return due_of, earliest
  end

  local function nonce_of(value)
    return string.match(value, '^[^;\n]*;[^;\n]*;([^;\n]*)')
  end

  -- A producer whose own first send is already there sees it as created: its reply was lost.
  local function verdict(value, known)
    if type(known) ~= 'string' then return 'wrong-type' end
    local nonce = nonce_of(value)
    return (nonce == '' or nonce == nonce_of(known)) and 'created' or 'duplicate'
  end

  -- Answers which of them are new, and the reply.
  local function write_one_by_one(stored, now)
    local is_new, reply = {}, { now, 'mixed' }
    for at = 1, #stored / 2 do
      local key, value = stored[2 * at - 1], stored[2 * at]
      -- order: MSETNX that answers 0 has written nothing, and each SET NX is judged by its own answer
      is_new[at] = redis.call('SET', key, value, 'NX') and true or false
      local known = not is_new[at] and redis.pcall('GET', key) -- order: only of keys that were not written
      reply[at + 2] = is_new[at] and 'created' or verdict(value, known)
    end
    return is_new, reply
  end

  -- Answers whether one of them can be claimed at once, and whether one becomes due.
  local function write_waiting(ids, is_new, due_of)
    local ready, due = {}, {}
    for at, id in ipairs(ids) do
      if (not is_new or is_new[at]) and due_of[at] then
        due[#due + 1] = due_of[at]
        due[#due + 1] = id
      elseif not is_new or is_new[at] then
        ready[#ready + 1] = id
      end
    end
    write_chunked('LPUSH', KEYS[2], ready)
    write_chunked('ZADD', KEYS[4], due)
    return #ready > 0, #due > 0
  end

  return {
    has_repeated = has_repeated, plan_starts = plan_starts, write_one_by_one = write_one_by_one, write_waiting = write_waiting,
  }
end

-- validate
local FIXED_KEYS, FIXED_ARGS, MOST = 5, 5, 500
local not_after, count, client = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
if count > MOST then return redis.error_reply('ERR enqueue takes at most ' .. MOST .. ' tasks, got ' .. count) end

-- read
local now = read_now()
if now > not_after then return { now, 'late' } end
if count == 0 then return { now, 'created' } end

-- stored: key, value, key, value …, for one variadic command
local KEYS, ARGV, sub, id_from = KEYS, ARGV, string.sub, #KEYS[1] - #'running' + #'task:' + 1
local ids, stored = { unpack(KEYS, FIXED_KEYS + 1, FIXED_KEYS + count) }, {}
for at = 1, count do
  local key = ids[at]
  ids[at] = sub(key, id_from)
  stored[2 * at - 1] = key
  stored[2 * at] = ARGV[FIXED_ARGS + at]
end
local has_starts, may_repeat = #ARGV > FIXED_ARGS + count, ARGV[4] == '1'
local rest = (has_starts or may_repeat) and define_exceptions()
local due_of, earliest
if has_starts then due_of, earliest = rest.plan_starts(stored, FIXED_ARGS + count + 1, now) end
local watched = {}
if client ~= '' then
  redis.call('HLEN', KEYS[5])
  for at = 1, count do
    watched[2 * at - 1] = ids[at]
    watched[2 * at] = client
  end
end
redis.call('LLEN', KEYS[2])
local quiet = redis.call('LLEN', KEYS[3]) == 0
local head = earliest and redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]

-- write
-- Nearly all batches are new and start now: one command stores them, which a full Redis refuses, and one lines them up.
-- One id twice would count as one in it, with the bytes of the last.
local all_new = not (may_repeat and rest.has_repeated(ids)) and redis.call('MSETNX', unpack(stored, 1, 2 * count)) == 1
if all_new and not earliest then
  redis.call('LPUSH', KEYS[2], unpack(ids, 1, count))
  if client ~= '' then redis.call('HSET', KEYS[5], unpack(watched, 1, 2 * count)) end
  if quiet then redis.call('LPUSH', KEYS[3], '1') end
  return { now, 'created' }
end
rest = rest or define_exceptions()
local reply, is_new = { now, 'created' }, nil
if not all_new then is_new, reply = rest.write_one_by_one(stored, now) end
local can_claim, becomes_due = rest.write_waiting(ids, is_new, due_of or {})
local sooner = becomes_due and (not head or earliest < tonumber(head))
if quiet and (can_claim or sooner) then redis.call('LPUSH', KEYS[3], '1') end
return reply
