-- What an audit has found, and what it is going to write.
local function new_plan()
  return {
    findings = {}, waiting = {}, unheld = {}, fields = {}, members = {}, keys = {}, ends = {}, ready = {}, suspects = {},
    due = {}, queued = {}, held = {}, locked = {}, leases = {}, relisted = {}, last = {}, listed = {}, taken = {},
  }
end

-- detail: what else there is to say; done: whether a repair deals with it
local function add_finding(plan, kind, name, detail, done)
  local findings = plan.findings
  findings[#findings + 1] = kind
  findings[#findings + 1] = name
  findings[#findings + 1] = detail
  findings[#findings + 1] = done and 1 or 0
end

local function add_to(lists, key, item)
  lists[key] = lists[key] or {}
  lists[key][#lists[key] + 1] = item
end

local function write_plan(plan, lease, now)
  for key, fields in pairs(plan.fields) do write_chunked('HDEL', key, fields) end
  for key, members in pairs(plan.members) do write_chunked('ZREM', key, members) end
  for _, key in ipairs(plan.keys) do redis.call('DEL', key) end
  for at = 1, #plan.ends, 2 do redis.call('PEXPIRE', plan.ends[at], plan.ends[at + 1]) end
  for _, key in ipairs(plan.queued) do redis.call('SETRANGE', key, 0, 'q') end
  for worker in pairs(plan.leases) do redis.call('ZADD', KEYS[9], now + lease, worker) end
  for worker, claims in pairs(plan.relisted) do
    for number, ids in pairs(claims) do redis.call('HSET', claims_key(worker), number, ids, 'n', plan.last[worker]) end
  end
  write_chunked('HSET', KEYS[1], plan.held)
  write_chunked('HSET', KEYS[8], plan.locked)
  write_chunked('RPUSH', KEYS[2], plan.ready)
  write_chunked('LPUSH', KEYS[3], plan.suspects)
  write_chunked('ZADD', KEYS[4], plan.due)
end
