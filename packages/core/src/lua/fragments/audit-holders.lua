-- Who holds a task, as `running`, `claims:<w>`, `workers` and `unique` have it.
local function read_is_known(worker)
  return redis.call('ZSCORE', KEYS[9], worker) or redis.call('ZSCORE', KEYS[10], worker)
end

-- What a claim lists, with a space before and behind each id; of each tag once.
local function read_listed(plan, worker, number)
  local tag = worker .. '|' .. number
  plan.listed[tag] = plan.listed[tag] or ' ' .. (redis.call('HGET', claims_key(worker), number) or '') .. ' '
  return plan.listed[tag]
end

-- The claim must list what it holds, or nobody finds it when its worker dies.
local function read_listing(plan, id, worker, number)
  local listed = read_listed(plan, worker, number)
  if string.find(listed, ' ' .. id .. ' ', 1, true) then return end
  add_finding(plan, 'unlisted', id, worker, true)
  local others = string.match(listed, '^ *(.-) *$')
  local ids = others == '' and id or others .. ' ' .. id
  plan.listed[worker .. '|' .. number] = ' ' .. ids .. ' '
  plan.relisted[worker] = plan.relisted[worker] or {}
  plan.relisted[worker][number] = ids
  local last = plan.last[worker] or redis.call('HGET', claims_key(worker), 'n') or '0'
  plan.last[worker] = tonumber(last) < tonumber(number) and number or last
end

-- A worker that nobody looks after gets a lease: if it lives it renews it, if not it is emptied when that is over.
local function read_holder(plan, task)
  local worker, number = string.match(task.tag, '^(.+)|(%d+)$')
  if not worker then
    add_finding(plan, 'orphaned', task.id, task.tag, true)
    add_to(plan.fields, KEYS[1], task.id)
    if task.byte == 'q' then plan.ready[#plan.ready + 1] = task.id end
    return
  end
  if not read_is_known(worker) then
    add_finding(plan, 'orphaned', task.id, worker, true)
    plan.leases[worker] = true
  end
  read_listing(plan, task.id, worker, number)
end

-- As the claim judges it.
local function read_is_locked(entry)
  local id, tag, since = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
  if not id then return false end
  if since ~= '' then return redis.call('ZSCORE', KEYS[9], (string.match(tag, '^(.*)|'))) end
  return redis.call('HGET', KEYS[1], id) == tag
end

-- Of two that hold the same lock by now, the first one is to have it.
local function read_own_lock(plan, task)
  local mode = string.sub(task.head, 2, 2)
  local lock = (mode == 'u' or mode == 's') and lock_of(task.head) or ''
  if lock == '' then return end
  local entry = redis.call('HGET', KEYS[8], lock)
  if plan.taken[lock] or entry and read_is_locked(entry) then return end
  plan.taken[lock] = true
  add_finding(plan, 'unlocked', task.id, lock, true)
  plan.locked[#plan.locked + 1] = lock
  plan.locked[#plan.locked + 1] = task.id .. ',' .. task.tag
end
