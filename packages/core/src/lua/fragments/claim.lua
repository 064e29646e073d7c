-- Claiming. Numbers make it repeatable: a worker says which claim it has the answer of, and until then gets the
-- same answer again and nothing more. What nearly every claim meets is dealt with here, all else by
-- `fragments/odd-claims.lua`.

-- The oldest tasks of `ready`, when all of them can be taken as they stand; else nil. One more than is wanted is looked
-- at, to know whether any is left.
local function read_plain(want, sparse)
  local listed = redis.call('LRANGE', KEYS[5], '-' .. want + 1, '-1')
  local length = #listed
  local count = math.min(length, want)
  if count == 0 then return { kind = 'claimed', ids = {}, values = {}, records = {}, popped = 0, is_plain = true } end
  local ids, keys, task_prefix = listed, { unpack(listed, 1, count) }, string.sub(KEYS[1], 1, -8) .. 'task:'
  for at = 1, math.floor(length / 2) do ids[at], ids[length + 1 - at] = ids[length + 1 - at], ids[at] end
  ids[count + 1] = nil
  for at = 1, count do keys[at] = task_prefix .. ids[at] end
  local values = redis.call('MGET', unpack(keys, 1, count))
  local holders = redis.call('HMGET', KEYS[1], unpack(ids, 1, count))
  local aborts = sparse and redis.call('HMGET', KEYS[10], unpack(ids, 1, count)) or {}
  local QUEUED, SEMICOLON, byte = 113, 59, string.byte
  for at = 1, count do
    local value = values[at]
    if not value or holders[at] or aborts[at] then return nil end
    local state, flag = byte(value, 1, 2)
    if state ~= QUEUED or flag ~= SEMICOLON then return nil end
  end
  local records = sparse and redis.call('HMGET', KEYS[8], unpack(ids, 1, count)) or {}
  return {
    kind = 'claimed', ids = ids, values = values, records = records, popped = count, leaves = length > count, is_plain = true,
  }
end

-- Ids and values as the answer carries them. Two texts that a worker cuts up cost it and Redis less than two lists; large
-- ones are not copied once more, and an id with a blank in it, which no client writes, must not shift those behind it.
-- listed: the ids as one text, when they are known as such
local function joined(ids, values, listed)
  local MOST_JOINED, find = 262144, string.find
  local sizes, total = {}, 0
  for at = 1, #ids do
    sizes[at] = #values[at]
    total = total + sizes[at]
    if total > MOST_JOINED or find(ids[at], ' ', 1, true) then return ids, {}, values end
  end
  return listed or table.concat(ids, ' '), sizes, table.concat(values)
end

-- held: how many tasks are at least held
local function read_claim(worker, acked, want, holds_suspect, sparse, settled, now)
  -- A rank says as well as a score that it is there, and costs less than to spell out a number of 13 digits.
  if not redis.call('ZRANK', KEYS[3], worker) then return { kind = 'lapsed', popped = 0 } end
  local last = tonumber(redis.call('HGET', KEYS[2], 'n') or 0)
  if last < acked then return { kind = 'lapsed', popped = 0 } end
  if last > acked then return exceptions().read_repeat(worker, acked, last) end
  local suspect = sparse and not holds_suspect and redis.call('LINDEX', KEYS[9], '-1')
  local plan = not suspect and read_plain(want, sparse)
    or exceptions().read_odd_claim(want, suspect, sparse, settled, now)
  plan.number = acked
  plan.held = #settled.gone
  if plan.held < 8 and #plan.ids > 0 then plan.held = redis.call('HLEN', KEYS[1]) end
  return plan
end

-- Answers how many of them nobody has held before.
local function write_owners(ids, tag, held)
  -- Redis keeps a small hash as a list and searches it from the front for every id. A value of more than 64 bytes makes
  -- it a table, which it stays as long as it holds anything. From so many on a table is faster.
  local FEW = 8
  local running, owners = KEYS[1], {}
  for at = 1, #ids do
    owners[2 * at - 1] = ids[at]
    owners[2 * at] = tag
  end
  local becomes_table = held < FEW and held + #ids >= FEW
  if becomes_table then redis.call('HSET', running, '', string.rep('.', 65)) end
  local added = redis.call('HSET', running, unpack(owners, 1, #owners))
  if becomes_table then redis.call('HDEL', running, '') end
  return added
end

-- Answers whether it took something and left more: then the next idle worker is woken, and no other time.
local function write_claim(worker, plan)
  if not plan.is_plain then exceptions().write_odd_claim(plan) end
  if #plan.ids == 0 or plan.is_repeat then return false end
  plan.number = plan.number + 1
  local number = tostring(plan.number)
  local tag = worker .. '|' .. number
  local added = write_owners(plan.ids, tag, plan.held)
  -- An id that was aborted and enqueued anew may stand in `ready` twice.
  if added < #plan.ids then exceptions().drop_listed_twice(plan) end
  plan.listed = table.concat(plan.ids, ' ')
  redis.call('HSET', KEYS[2], 'n', number, number, plan.listed)
  if not plan.is_plain then exceptions().write_taken_locks(plan.taken, tag) end
  return plan.leaves
end
