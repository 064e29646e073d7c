-- Claims that are more than the oldest plain tasks: a repeated answer, a suspect, stale ids, aborted tasks, locks.
local ROUNDS = 4
local QUEUED = 113

local function read_repeat(worker, acked, last)
  local plan = {
    kind = 'claimed', is_repeat = true, number = last, ids = {}, values = {}, records = {}, dropped = {}, popped = 0, leaves = false,
  }
  local ids, keys = {}, {}
  for _, item in ipairs(read_holdings(k.running, worker)) do
    if tonumber(string.match(item.tag, '(%d+)$')) > acked then
      ids[#ids + 1] = item.id
      keys[#keys + 1] = task_key(item.id)
    end
  end
  local values = read_values(keys)
  for at, id in ipairs(ids) do
    if values[at] then
      plan.ids[#plan.ids + 1] = id
      plan.values[#plan.values + 1] = values[at]
    else
      plan.dropped[#plan.dropped + 1] = id -- deleted by hand: a new task of this id must find nobody holding it
    end
  end
  plan.records = read_fields(k.tries, plan.ids)
  for at = 1, #plan.ids do
    if crashes_of(plan.records[at]) >= CRASHES_UNTIL_SUSPECT then plan.suspect = true end
  end
  return plan
end

-- A lock is held while its owner runs, or while a run that timed out has not let go and its worker lives.
local function read_lock_holder(lock, settled)
  local others = settled.others
  if others and others.held[lock] then return true end
  local entry = redis.call('HGET', k.unique, lock)
  if not entry or others and others.freed[lock] then return false end
  local id, tag, open = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
  settled.accepted = settled.accepted or set_of(settled.gone)
  if open ~= '' then return redis.call('ZSCORE', k.workers, (string.match(tag, '^(.*)|'))) end
  return not settled.accepted[id] and redis.call('HGET', k.running, id) == tag
end

local function read_ended(plan, id, code, value, now)
  local record = redis.call('HGET', k.tries, id)
  if record then redis.call('LLEN', history_key(id)) end
  plan.seen[id] = true
  add_ending(plan.endings, id, code, '', value, now, record, redis.call('HGET', k.watch, id))
end

-- Only values with flags come here: a loser is ended at once, a winner takes the lock.
local function read_unique(plan, id, value, now, settled)
  local mode = string.sub(value, 2, 2)
  if mode ~= 'u' and mode ~= 's' then return true end
  local lock = lock_of(value)
  if lock == '' then return true end
  if not plan.taken[lock] and not read_lock_holder(lock, settled) then
    plan.taken[lock] = id
    return true
  end
  read_ended(plan, id, 'u', value, now)
  return false
end

-- Takes what is ready out of `listed`; ids that were aborted, finished or taken meanwhile are stale and dropped.
local function read_takeable(plan, listed, want, now, settled)
  local keys = {}
  for at, id in ipairs(listed) do keys[at] = task_key(id) end
  local values, tags = read_values(keys), read_fields(k.running, listed)
  -- Asked for while another worker held it, which handed it back instead of ending it.
  local aborts = plan.sparse and read_fields(k.aborts, listed) or {}
  for at, id in ipairs(listed) do
    if #plan.ids >= want then return at - 1 end
    local value = values[at]
    local free = value and string.byte(value) == QUEUED and not tags[at] and not plan.seen[id]
    if free and aborts[at] then
      read_ended(plan, id, 'a', value, now)
    elseif free and (string.byte(value, 2) == SEMICOLON or read_unique(plan, id, value, now, settled)) then
      plan.seen[id] = true
      plan.ids[#plan.ids + 1] = id
      plan.values[#plan.values + 1] = value
    end
  end
  return #listed
end

local function read_odd_claim(want, suspect, sparse, settled, now)
  local plan = {
    kind = 'claimed', ids = {}, values = {}, records = {}, seen = {}, taken = {}, popped = 0, sparse = sparse,
    suspects_popped = suspect and 1 or 0, endings = new_endings(),
  }
  if suspect then
    read_takeable(plan, { suspect }, 1, now, settled)
    plan.suspect = #plan.ids == 1
  end
  for _ = 1, ROUNDS do
    if #plan.ids >= want then break end
    local from = -plan.popped - (want - #plan.ids)
    local listed = redis.call('LRANGE', k.ready, from, -plan.popped - 1)
    if #listed == 0 then break end
    plan.popped = plan.popped + read_takeable(plan, reversed(listed), want, now, settled)
  end
  plan.leaves = redis.call('LLEN', k.ready) > plan.popped
  if sparse then plan.records = read_fields(k.tries, plan.ids) end
  return plan
end

local function drop_listed_twice(plan)
  local seen, ids, values, records = {}, {}, {}, {}
  for at, id in ipairs(plan.ids) do
    if not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
      values[#ids] = plan.values[at]
      records[#ids] = plan.records[at]
    end
  end
  plan.ids, plan.values, plan.records = ids, values, records
end

local function write_odd_claim(plan)
  if plan.is_repeat then
    write_chunked('HDEL', k.running, plan.dropped)
    return
  end
  if plan.suspects_popped > 0 then redis.call('LTRIM', k.suspects, 0, -2) end
  write_endings(plan.endings, #plan.endings.ids > 0 and { k.tries, k.aborts, k.watch } or {})
end

local function write_taken_locks(taken, tag)
  for lock, id in pairs(taken) do redis.call('HSET', k.unique, lock, id .. ',' .. tag) end
end
