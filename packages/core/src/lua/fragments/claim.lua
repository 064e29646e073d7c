-- Claiming. Numbers make it repeatable: a worker says which claim it has the answer of, and until then gets the
-- same answer again and nothing more.
local MOST_CLAIMED = 500
local ROUNDS = 4

local function read_repeat(k, worker, acked, last)
  local plan = { kind = 'claimed', number = last, ids = {}, values = {}, records = {}, dropped = {}, repeated = true }
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
local function read_lock_holder(k, lock, settled)
  if settled.held[lock] then return true end
  local entry = redis.call('HGET', k.unique, lock)
  if not entry or settled.freed[lock] then return false end
  local id, tag, open = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
  if open ~= '' then return redis.call('ZSCORE', k.workers, (string.match(tag, '^(.*)|'))) end
  return not settled.accepted[id] and redis.call('HGET', k.running, id) == tag
end

local function read_ended(k, plan, id, code, value, now)
  local record = redis.call('HGET', k.tries, id)
  if record then redis.call('LLEN', history_key(id)) end
  plan.seen[id] = true
  add_ending(plan.endings, id, code, '', value, now, record, redis.call('HGET', k.watch, id))
end

-- Only values with flags come here: a loser is ended at once, a winner takes the lock.
local function read_unique(k, plan, id, value, now, settled)
  local mode = string.sub(value, 2, 2)
  if mode ~= 'u' and mode ~= 's' then return true end
  local lock = lock_of(value)
  if lock == '' then return true end
  if not plan.taken[lock] and not read_lock_holder(k, lock, settled) then
    plan.taken[lock] = id
    return true
  end
  read_ended(k, plan, id, 'u', value, now)
  return false
end

-- Takes what is ready out of `listed`; ids that were aborted, finished or taken meanwhile are stale and dropped.
local function read_takeable(k, plan, listed, want, now, settled)
  local keys = {}
  for at, id in ipairs(listed) do keys[at] = task_key(id) end
  local values, tags = read_values(keys), read_fields(k.running, listed)
  -- Asked for while another worker held it, which handed it back instead of ending it.
  local aborts = plan.sparse and read_fields(k.aborts, listed) or {}
  for at, id in ipairs(listed) do
    if #plan.ids >= want then return at - 1 end
    local value = values[at]
    local free = value and string.byte(value) == 113 and not tags[at] and not plan.seen[id]
    if free and aborts[at] then
      read_ended(k, plan, id, 'a', value, now)
    elseif free and (string.byte(value, 2) == 59 or read_unique(k, plan, id, value, now, settled)) then
      plan.seen[id] = true
      plan.ids[#plan.ids + 1] = id
      plan.values[#plan.values + 1] = value
    end
  end
  return #listed
end

local function read_suspect(k, plan, now, settled)
  local id = redis.call('LINDEX', k.suspects, -1)
  if not id then return end
  plan.suspects_popped = 1
  read_takeable(k, plan, { id }, 1, now, settled)
  plan.suspect = #plan.ids == 1
end

local function read_ready(k, plan, want, now, settled)
  for _ = 1, ROUNDS do
    if #plan.ids >= want then break end
    local from = -plan.popped - (want - #plan.ids)
    local listed = redis.call('LRANGE', k.ready, from, -plan.popped - 1)
    if #listed == 0 then break end
    plan.popped = plan.popped + read_takeable(k, plan, reversed(listed), want, now, settled)
  end
  plan.left = redis.call('LLEN', k.ready) - plan.popped
end

local function read_next_event(k, guard_until, now)
  local due = redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')[2]
  local lease = redis.call('ZRANGE', k.workers, 0, 0, 'WITHSCORES')[2]
  local soonest = due and tonumber(due) or -1
  lease = lease and math.max(tonumber(lease), guard_until, now + 100) or -1
  if lease >= 0 and (soonest < 0 or lease < soonest) then soonest = lease end
  return soonest
end

local function read_claim(k, worker, acked, want, holds_suspect, now, settled)
  if not redis.call('ZSCORE', k.workers, worker) then return { kind = 'lapsed' } end
  local last = tonumber(redis.call('HGET', k.claims, 'n') or 0)
  if last < acked then return { kind = 'lapsed' } end
  if last > acked then return read_repeat(k, worker, acked, last) end
  local plan = {
    kind = 'claimed', number = acked, ids = {}, values = {}, records = {}, seen = {}, taken = {}, popped = 0,
    suspects_popped = 0, endings = new_endings(),
  }
  want = math.min(want, MOST_CLAIMED)
  plan.sparse = redis.call('EXISTS', k.suspects, k.tries, k.aborts) > 0
  if plan.sparse and not holds_suspect then read_suspect(k, plan, now, settled) end
  read_ready(k, plan, want, now, settled)
  if plan.sparse then plan.records = read_fields(k.tries, plan.ids) end
  return plan
end

-- Answers whether it took something and left more: then the next idle worker is woken, and no other time.
local function write_claim(k, worker, plan)
  if plan.kind == 'lapsed' then return false end
  if plan.repeated then
    write_chunked('HDEL', k.running, plan.dropped)
    return false
  end
  if plan.popped > 0 then redis.call('LTRIM', k.ready, 0, -plan.popped - 1) end
  if plan.suspects_popped > 0 then redis.call('LTRIM', k.suspects, 0, -2) end
  write_endings(plan.endings, #plan.endings.ids > 0 and { k.tries, k.aborts, k.watch } or {})
  if #plan.ids == 0 then return false end
  plan.number = plan.number + 1
  local tag, owned = worker .. '|' .. plan.number, {}
  for _, id in ipairs(plan.ids) do
    owned[#owned + 1] = id
    owned[#owned + 1] = tag
  end
  redis.call('HSET', k.claims, 'n', plan.number, plan.number, table.concat(plan.ids, ' '))
  write_chunked('HSET', k.running, owned)
  for lock, id in pairs(plan.taken) do redis.call('HSET', k.unique, lock, id .. ',' .. tag) end
  return plan.left > 0
end
