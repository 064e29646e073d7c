-- Settling: what a worker says of the tasks it held. The tag in `running` is the fence; what it does not cover is
-- answered, never written.
local function parse_settles(first, count, key_offset)
  local items = {}
  for at = 1, count do
    local base = first + (at - 1) * 7
    items[at] = {
      id = ARGV[base], tag = ARGV[2] .. '|' .. ARGV[base + 1], code = ARGV[base + 2],
      a = ARGV[base + 3], b = ARGV[base + 4], lock = ARGV[base + 5], body = ARGV[base + 6],
      key = KEYS[key_offset + at],
    }
    if string.sub(items[at].lock, 1, 1) == '!' then
      items[at].lock, items[at].keep = string.sub(items[at].lock, 2), true
    end
  end
  return items
end

local function started_by(record, tag)
  return record and string.sub(record, -#tag - 1) == ',' .. tag
end

-- Why a task that this claim does not hold is refused; a repeat of what was accepted before is `already`.
local function refusal(item, value, record)
  if item.code == 'release' or started_by(record, item.tag) then return 'already' end
  local code, tag = string.match(value or '', '^([^;]*);([^;]*);')
  if tag == item.tag then return code == 'a' and item.code ~= 'abort' and 'aborted' or 'already' end
  return code == 'a' and 'aborted' or 'lost'
end

local function start_at(start, now)
  local at = tonumber(string.sub(start, 2))
  return string.sub(start, 1, 1) == '+' and now + at or at
end

local function plan_retry(plan, item, now)
  local at = start_at(item.a, now)
  plan.records[#plan.records + 1] = item.id
  plan.records[#plan.records + 1] = item.b .. ',' .. item.tag
  plan.errors[#plan.errors + 1] = { history_key(item.id), item.body }
  if at <= now then
    plan.pushed[#plan.pushed + 1] = item.id
  else
    plan.delayed[#plan.delayed + 1] = item.key
    plan.due[#plan.due + 1] = at
    plan.due[#plan.due + 1] = item.id
  end
end

-- a: back-off ms; b: tries record without a first time when there is none yet; body: grace ms
local function plan_unknown(plan, item, value, now, watchers)
  local head, first = string.match(item.b, '^(%d+,%d+,%d+),(%d*)$')
  first = first == '' and now or tonumber(first)
  if now - first > tonumber(item.body) then
    add_ending(plan.endings, item.id, 'r', item.tag, value, now, item.b, watchers)
    return
  end
  plan.records[#plan.records + 1] = item.id
  plan.records[#plan.records + 1] = head .. ',' .. first .. ',' .. item.tag
  plan.delayed[#plan.delayed + 1] = item.key
  plan.due[#plan.due + 1] = now + tonumber(item.a)
  plan.due[#plan.due + 1] = item.id
end

local function plan_release(plan, item, suspect)
  if item.b ~= '' then
    plan.records[#plan.records + 1] = item.id
    plan.records[#plan.records + 1] = item.b .. ',' .. item.tag
  end
  local list = suspect and plan.suspects or plan.back
  list[#list + 1] = item.id
end

-- A worker's own result: the body is its bytes, the header is completed here because only Redis knows the time.
local function plan_result(plan, item, now, watchers, record)
  local readable, px = kept_until(item.a, now)
  local header = item.code .. ';' .. item.tag .. ';' .. item.b .. ';' .. readable .. ';' .. now .. ';;\n'
  local value = header .. item.body
  if watchers then add_message(plan.endings.messages, watchers, item.id, value, item.a == '0') end
  if record then plan.endings.histories[#plan.endings.histories + 1] = { history_key(item.id), px or false } end
  local at = #plan.endings.ids + 1
  plan.endings.ids[at] = item.id
  plan.endings.keys[at] = item.key
  plan.endings.values[at] = item.a == '0' and header or value
  plan.endings.px[at] = px or false
end

local ENDS_HERE = { abort = 'a', malformed = 'm' }

local function new_settle_plan()
  return {
    verdicts = {}, gone = {}, endings = new_endings(), records = {}, errors = {}, pushed = {}, delayed = {}, due = {},
    back = {}, suspects = {}, dropped = {}, unlocked = {}, kept = {}, freed = {}, held = {}, accepted = {},
  }
end

local function read_lock(plan, k, item, now)
  local owner = item.id .. ',' .. item.tag
  local entry = redis.call('HGET', k.unique, item.lock)
  if entry == owner and item.keep then
    plan.kept[#plan.kept + 1] = item.lock
    plan.kept[#plan.kept + 1] = owner .. ',' .. now
    plan.held[item.lock] = true
  elseif entry == owner or item.code == 'unlock' and entry and string.sub(entry, 1, #owner + 1) == owner .. ',' then
    plan.unlocked[#plan.unlocked + 1] = item.lock
    plan.freed[item.lock] = true
  end
end

local function add_verdict(plan, at, verdict)
  plan.verdicts[#plan.verdicts + 1] = at - 1
  plan.verdicts[#plan.verdicts + 1] = verdict
end

-- What becomes of a task that is not finished by a result of its handler.
local function read_other_outcome(plan, k, item, at, facts, now)
  local value = redis.call('MGET', item.key)[1]
  if not value then
    plan.dropped[#plan.dropped + 1] = item.id -- deleted by hand: nothing is left to settle
    return
  end
  if item.lock == '' and string.byte(value, 2) ~= 59 then
    item.lock = lock_of(value)
    if item.lock ~= '' then read_lock(plan, k, item, now) end
  end
  local code = ENDS_HERE[item.code] or facts.aborted and 'a'
  if code then
    add_ending(plan.endings, item.id, code, item.tag, value, now, item.b ~= '' and item.b or facts.record, facts.watchers)
    if code ~= ENDS_HERE[item.code] then add_verdict(plan, at, 'aborted') end
  elseif item.code == 'retry' then
    plan_retry(plan, item, now)
  elseif item.code == 'unknown' then
    plan_unknown(plan, item, value, now, facts.watchers)
  elseif item.code == 'release' then
    plan_release(plan, item, crashes_of(facts.record) >= CRASHES_UNTIL_SUSPECT)
  end
end

local function read_owned(plan, k, item, at, facts, now)
  plan.accepted[item.id] = true
  plan.gone[#plan.gone + 1] = item.id
  local is_result = item.code == '+' or item.code == '-'
  -- Every other outcome with a record may end the task, and then dates its history.
  if facts.record or not is_result and item.b ~= '' then redis.call('LLEN', history_key(item.id)) end
  if is_result then
    plan_result(plan, item, now, facts.watchers, facts.record)
  else
    read_other_outcome(plan, k, item, at, facts, now)
  end
end

local function read_sparse(k, ids)
  if redis.call('EXISTS', k.tries, k.aborts, k.watch, k.suspects) == 0 then return nil end
  redis.call('LLEN', k.suspects)
  return { records = read_fields(k.tries, ids), aborts = read_fields(k.aborts, ids), watchers = read_fields(k.watch, ids) }
end

-- What is not held for this claim is refused; an unlock needs no claim, the task has long ended.
local function read_items(plan, k, items, tags, now)
  local none = {}
  local sparse = plan.sparse or { records = none, aborts = none, watchers = none }
  for at, item in ipairs(items) do
    local facts = { record = sparse.records[at], aborted = sparse.aborts[at], watchers = sparse.watchers[at] }
    if item.lock ~= '' then read_lock(plan, k, item, now) end
    if item.code ~= 'unlock' then
      if plan.accepted[item.id] then
        add_verdict(plan, at, 'already')
      elseif tags[at] ~= item.tag then
        add_verdict(plan, at, refusal(item, redis.call('MGET', item.key)[1], facts.record))
      else
        read_owned(plan, k, item, at, facts, now)
      end
    end
  end
end

local function read_settle(k, items, now)
  local plan = new_settle_plan()
  if #items == 0 then return plan end
  local ids = {}
  for at, item in ipairs(items) do ids[at] = item.id end
  local tags = read_fields(k.running, ids)
  plan.sparse = read_sparse(k, ids)
  read_items(plan, k, items, tags, now)
  if #plan.due > 0 then redis.call('ZCARD', k.due) end
  if #plan.pushed + #plan.back > 0 then redis.call('LLEN', k.ready) end
  return plan
end

-- Before the claim, which may take what is freed here.
local function write_locks(k, plan)
  write_chunked('HDEL', k.unique, plan.unlocked)
  write_chunked('HSET', k.unique, plan.kept)
end

-- Answers whether something was put back that can be claimed at once.
local function write_settle(k, plan)
  if #plan.gone == 0 then return false end
  write_chunked('HDEL', k.running, plan.gone)
  if plan.sparse then
    for _, key in ipairs({ k.tries, k.aborts, k.watch }) do write_chunked('HDEL', key, plan.dropped) end
  end
  write_endings(plan.endings, plan.sparse and { k.tries, k.aborts, k.watch } or {})
  write_chunked('HSET', k.tries, plan.records)
  for _, entry in ipairs(plan.errors) do
    redis.call('RPUSH', entry[1], entry[2])
    redis.call('LTRIM', entry[1], -10, -1)
  end
  for _, key in ipairs(plan.delayed) do redis.call('SETRANGE', key, 0, 'd') end
  write_chunked('ZADD', k.due, plan.due)
  write_chunked('LPUSH', k.ready, plan.pushed)
  write_chunked('RPUSH', k.ready, reversed(plan.back))
  write_chunked('LPUSH', k.suspects, plan.suspects)
  return #plan.pushed + #plan.back + #plan.suspects > 0
end
