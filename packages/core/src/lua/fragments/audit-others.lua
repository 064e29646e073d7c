-- What there is in a queue beside tasks.
local function read_worker(plan, worker)
  if read_is_known(worker) then return end
  local keys = { claims_key(worker), worker_key(worker), inbox_key(worker) }
  local present = redis.call('EXISTS', keys[1], keys[2], keys[3])
  -- What holds tasks stays until these are dealt with.
  if present == 0 or #read_holdings(KEYS[1], worker) > 0 then return end
  add_finding(plan, 'departed', worker, '', true)
  for _, key in ipairs(keys) do plan.keys[#plan.keys + 1] = key end
end

local function read_lock(plan, lock)
  local entry = redis.call('HGET', KEYS[8], lock)
  if not entry or read_is_locked(entry) then return end
  add_finding(plan, 'unheld', lock, '', true)
  add_to(plan.fields, KEYS[8], lock)
end

-- Workers assert theirs again, whole.
local function read_schedule(plan, name)
  local is_defined = redis.call('HEXISTS', KEYS[12], name) == 1
  local has_slot = redis.call('ZSCORE', KEYS[13], name)
  if is_defined and has_slot or not is_defined and not has_slot then return end
  add_finding(plan, 'halved', name, is_defined and 'slot' or 'definition', true)
  add_to(plan.fields, KEYS[12], name)
  add_to(plan.members, KEYS[13], name)
end

local function read_other(plan, kind, name)
  if kind == 'worker' then
    read_worker(plan, name)
  elseif kind == 'lock' then
    read_lock(plan, name)
  elseif kind == 'schedule' then
    read_schedule(plan, name)
  end
end
