-- Housekeeping that every worker does for all: makes due tasks ready and empties workers whose lease is over.
-- At most BUDGET items in all, so that no call blocks Redis for longer than a claim does, but for the leases after an outage:
-- those of all workers are moved at once.
local BUDGET = 200

local function read_promotions(due, now)
  local ids = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, BUDGET)
  local promoted, keys = {}, {}
  for _, id in ipairs(ids) do
    local key = task_key(id)
    -- pcall: a key of another type answers an error, which is no 'd', and must not stop everybody's housekeeping
    if redis.pcall('GETRANGE', key, 0, 0) == 'd' then
      promoted[#promoted + 1] = id
      keys[#keys + 1] = key
    end
  end
  return { listed = ids, ids = promoted, keys = keys }
end

-- While nobody could sweep, nobody could renew either: after an outage a worker gets as much time as was lost, at most its
-- lease, before it is declared dead. Every worker sweeps three times per lease; half a lease without a sweep is an outage.
-- What is one to a short lease may be nothing to the caller, so everybody's own lease counts. A half ms marks who was spared:
-- once more only when it was an outage to the caller, too; where sweeps are rare, each would spare the dead again. Answers
-- end, worker, …
local function read_spared(workers, lease, swept, now)
  local NOTHING, MARK = 1000, 0.5
  local gap, infos, spared = now - swept, {}, {}
  if gap <= math.min(NOTHING, lease / 2) then return spared end
  local listed = redis.call('ZRANGEBYSCORE', workers, '(' .. swept, now + gap, 'WITHSCORES')
  for at = 1, #listed, 2 do infos[#infos + 1] = worker_key(listed[at]) end
  for at, info in ipairs(read_values(infos)) do
    local worker, lease_end = listed[2 * at - 1], tonumber(listed[2 * at])
    local own = tonumber(string.match(info or '', '"lease":(%d+)')) or lease
    local spared_until = now + math.min(gap, own)
    local is_outage = gap > own / 2 and (lease_end % 1 == 0 or gap > lease / 2)
    if is_outage and lease_end < spared_until then
      spared[#spared + 1] = spared_until + MARK
      spared[#spared + 1] = worker
    end
  end
  return spared
end

-- When the clock went back, leases would last too long by as much: each keeps the time that it had left, at least the
-- caller's lease, because one that was taken since then was taken by the new clock. Answers end, worker, …
local function read_cut(workers, lease, swept, now)
  local cut = {}
  local ahead = redis.call('ZRANGEBYSCORE', workers, '(' .. now + lease, '+inf', 'WITHSCORES')
  for at = 1, #ahead, 2 do
    cut[#cut + 1] = math.max(ahead[at + 1] - swept + now, now + lease)
    cut[#cut + 1] = ahead[at]
  end
  return cut
end

local function read_moved_leases(meta, workers, lease, now)
  local swept = tonumber(redis.call('HGET', meta, 'swept') or now)
  local read = swept - now > 1000 and read_cut or read_spared
  return read(workers, lease, swept, now)
end

-- Only the tasks that had crashed a worker before are blamed when there is one among the held ones; they come
-- last, so that the blame is the same in every bounded step of emptying one worker.
local function blame(held, records)
  local blamed = false
  for at, item in ipairs(held) do
    item.record = records[at] or false
    item.crashes = crashes_of(item.record)
    blamed = blamed or item.crashes > 0
  end
  local ordered = {}
  for _, item in ipairs(held) do if item.crashes == 0 then ordered[#ordered + 1] = item end end
  for _, item in ipairs(held) do if item.crashes > 0 then ordered[#ordered + 1] = item end end
  for _, item in ipairs(ordered) do
    if not blamed or item.crashes > 0 then item.crashes = item.crashes + 1 end
  end
  return ordered
end

-- tries stays, attempts + 1, crashes as blamed; no tag, because no settle of the dead worker wrote it
local function reclaimed_record(item)
  local tries, attempts, first = string.match(item.record or '0,0,0,,', '^(%d+),(%d+),%d+,(%d*)')
  return tries .. ',' .. (attempts + 1) .. ',' .. item.crashes .. ',' .. first .. ','
end

-- The caller's own holdings are left to others: its settles and its claim may be in this very call.
local function read_lapsed(k, now, declares)
  for _, worker in ipairs(redis.call('ZRANGE', k.dead, 0, 1)) do
    if worker ~= k.caller then return worker, false end
  end
  if not declares then return nil, false end
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', k.workers, '-inf', now, 'LIMIT', 0, 2)) do
    if worker ~= k.caller then return worker, true end
  end
  return nil, false
end

local function plan_reclaimed(plan, item, value, aborted, watchers, now)
  local code = aborted and 'a' or item.crashes >= CRASHES_UNTIL_ENDED and 'c'
  if code then
    add_ending(plan.endings, item.id, code, item.tag, value, now, item.record, watchers)
    return
  end
  plan.records[#plan.records + 1] = item.id
  plan.records[#plan.records + 1] = reclaimed_record(item)
  local list = item.crashes >= CRASHES_UNTIL_SUSPECT and plan.suspects or plan.back
  list[#list + 1] = item.id
end

local function read_reclaimed_lock(k, item, value)
  local lock = lock_of(value)
  return lock ~= '' and redis.call('HGET', k.unique, lock) == item.id .. ',' .. item.tag and lock
end

local function read_blamed(k, worker)
  local held, ids = read_holdings(k.running, worker), {}
  for at, item in ipairs(held) do ids[at] = item.id end
  return blame(held, read_fields(k.tries, ids))
end

local function read_reclaim(k, now, limit, declares)
  local worker, newly = read_lapsed(k, now, declares)
  if not worker then return nil end
  redis.call('EXISTS', inbox_key(worker), worker_key(worker))
  local held = read_blamed(k, worker)
  local plan = {
    worker = worker, newly = newly, emptied = #held <= limit, endings = new_endings(), back = {}, suspects = {},
    records = {}, locks = {}, gone = {}, dropped = {},
  }
  local keys = {}
  for at = 1, math.min(#held, limit) do
    plan.gone[at] = held[at].id
    keys[at] = task_key(held[at].id)
  end
  local values, aborts, watchers = read_values(keys), read_fields(k.aborts, plan.gone), read_fields(k.watch, plan.gone)
  for at = 1, #plan.gone do
    local item, value = held[at], values[at]
    if value then
      if item.record then redis.call('LLEN', history_key(item.id)) end
      plan.locks[#plan.locks + 1] = read_reclaimed_lock(k, item, value) or nil
      plan_reclaimed(plan, item, value, aborts[at], watchers[at], now)
    else
      plan.dropped[#plan.dropped + 1] = item.id
    end
  end
  return plan
end

-- k: the fixed keys by name
local function read_tend(k, lease, now)
  local tend = { promotions = read_promotions(k.due, now), leases = read_moved_leases(k.meta, k.workers, lease, now) }
  redis.call('LLEN', k.ready)
  redis.call('LLEN', k.suspects)
  local left = BUDGET - #tend.promotions.listed
  local moves = #tend.leases > 0
  if left > 0 then tend.reclaim = read_reclaim(k, now, left, not moves) end
  tend.again = left <= 0 or moves or tend.reclaim ~= nil
  return tend
end

local function write_reclaim(k, plan, now)
  if plan.newly then
    redis.call('ZREM', k.workers, plan.worker)
    redis.call('ZADD', k.dead, now, plan.worker)
  end
  write_chunked('HDEL', k.running, plan.gone)
  write_chunked('HDEL', k.unique, plan.locks)
  write_chunked('HSET', k.tries, plan.records)
  write_chunked('RPUSH', k.ready, reversed(plan.back))
  write_chunked('LPUSH', k.suspects, plan.suspects)
  write_endings(plan.endings, { k.tries, k.aborts, k.watch })
  for _, key in ipairs({ k.tries, k.aborts, k.watch }) do write_chunked('HDEL', key, plan.dropped) end
  if plan.emptied then
    redis.call('DEL', claims_key(plan.worker), inbox_key(plan.worker), worker_key(plan.worker))
    redis.call('ZREM', k.dead, plan.worker)
  end
end

-- Answers whether there is something to claim that was not there before.
local function write_tend(k, tend, now)
  redis.call('HSET', k.meta, 'swept', now)
  write_chunked('ZADD', k.workers, tend.leases)
  write_chunked('ZREM', k.due, tend.promotions.listed)
  for _, key in ipairs(tend.promotions.keys) do redis.call('SETRANGE', key, 0, 'q') end
  write_chunked('LPUSH', k.ready, tend.promotions.ids)
  if tend.reclaim then write_reclaim(k, tend.reclaim, now) end
  return #tend.promotions.ids > 0 or tend.reclaim and #tend.reclaim.back + #tend.reclaim.suspects > 0
end
