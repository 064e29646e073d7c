-- Settles that are more than a plain result: other outcomes, locks, results of tasks that were tried before or were to
-- be aborted, and what is refused.
local ENDS_HERE = { abort = 'a', malformed = 'm' }

local function new_others()
  return {
    endings = new_endings(), records = {}, errors = {}, pushed = {}, delayed = {}, due = {}, back = {}, suspects = {},
    gone = {}, dropped = {}, unlocked = {}, kept = {}, freed = {}, held = {},
  }
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

local function started_by(record, tag)
  return record and string.sub(record, -#tag - 1) == ',' .. tag
end

-- Why a task that this claim does not hold is refused; a repeat of what was accepted before is `already`.
local function refusal(item, value)
  if item.code == 'release' or started_by(item.record, item.tag) then return 'already' end
  local code, tag = string.match(value or '', '^([^;]*);([^;\n]*)')
  if tag == item.tag then return code == 'a' and item.code ~= 'abort' and 'aborted' or 'already' end
  return code == 'a' and 'aborted' or 'lost'
end

local function start_at(start, now)
  local at = tonumber(string.sub(start, 2))
  return string.sub(start, 1, 1) == '+' and now + at or at
end

local function add_record(others, item, record)
  others.records[#others.records + 1] = item.id
  others.records[#others.records + 1] = record .. ',' .. item.tag
end

local function add_delayed(others, item, at)
  others.delayed[#others.delayed + 1] = task_key(item.id)
  others.due[#others.due + 1] = at
  others.due[#others.due + 1] = item.id
end

local function plan_retry(others, item, now)
  local at = start_at(item.a, now)
  add_record(others, item, item.b)
  others.errors[#others.errors + 1] = { history_key(item.id), item.body }
  if at > now then
    add_delayed(others, item, at)
  else
    others.pushed[#others.pushed + 1] = item.id
  end
end

-- a: back-off ms; b: tries record without a first time when there is none yet; body: grace ms
local function plan_unknown(others, item, value, now)
  local head, first = string.match(item.b, '^(%d+,%d+,%d+),(%d*)$')
  first = first == '' and now or tonumber(first)
  if now - first > tonumber(item.body) then
    add_ending(others.endings, item.id, 'r', item.tag, value, now, item.b, item.watchers)
    return
  end
  add_record(others, item, head .. ',' .. first)
  add_delayed(others, item, now + tonumber(item.a))
end

local function plan_release(others, item, suspect)
  if item.b ~= '' then add_record(others, item, item.b) end
  local list = suspect and others.suspects or others.back
  list[#list + 1] = item.id
end

-- Of a result with a ttl of 0 those who wait get all, and the header alone is kept.
local function plan_result(others, item, now)
  local _, removed_at = kept_until(item.a, now)
  local unstored = item.a == '0'
  local stored = unstored and string.match(item.body, '^[^\n]*\n?') or item.body
  add_value(others.endings, item.id, stored, removed_at, item.record)
  if item.watchers then add_message(others.endings.messages, item.watchers, item.id, item.body, unstored) end
end

local function read_lock(others, item, now)
  local owner = item.id .. ',' .. item.tag
  local entry = redis.call('HGET', k.unique, item.lock)
  if entry == owner and item.keep then
    others.kept[#others.kept + 1] = item.lock
    others.kept[#others.kept + 1] = owner .. ',' .. now
    others.held[item.lock] = true
  elseif entry == owner or item.code == 'unlock' and entry and string.sub(entry, 1, #owner + 1) == owner .. ',' then
    others.unlocked[#others.unlocked + 1] = item.lock
    others.freed[item.lock], others.held[item.lock] = true, nil
  end
end

local function add_verdict(plan, at, verdict)
  plan.verdicts[#plan.verdicts + 1] = at - 1
  plan.verdicts[#plan.verdicts + 1] = verdict
end

-- Of a task that is named twice the first settle counts.
local function drop_repeated(plan)
  local gone, stored, ends, told, seen = plan.gone, plan.stored, plan.ends, plan.told or {}, {}
  local is_gone = set_of(gone)
  for at, id in ipairs(plan.ids) do
    if seen[id] and is_gone[id] then add_verdict(plan, at, 'already') end
    seen[id] = true
  end
  plan.gone, plan.stored, plan.ends, plan.told, seen = {}, {}, {}, {}, {}
  for at, id in ipairs(gone) do
    if not seen[id] then
      seen[id] = true
      plan.gone[#plan.gone + 1] = id
      plan.stored[#plan.stored + 1] = stored[2 * at - 1]
      plan.stored[#plan.stored + 1] = stored[2 * at]
      plan.ends[#plan.ends + 1] = ends[at]
      plan.told[#plan.gone] = told[at]
    end
  end
end

-- What becomes of a task that is not finished by a result of its handler.
local function read_unfinished(plan, item, now)
  local others = plan.others
  local value = redis.call('MGET', task_key(item.id))[1]
  if not value then
    others.dropped[#others.dropped + 1] = item.id -- deleted by hand: nothing is left to settle
    return
  end
  if item.lock == '' and string.byte(value, 2) ~= SEMICOLON then
    item.lock = lock_of(value)
    if item.lock ~= '' then read_lock(others, item, now) end
  end
  local code = ENDS_HERE[item.code] or item.aborted and 'a'
  if code then
    local record = item.b ~= '' and item.b or item.record
    add_ending(others.endings, item.id, code, item.tag, value, now, record, item.watchers)
    if code ~= ENDS_HERE[item.code] then add_verdict(plan, item.at, 'aborted') end
  elseif item.code == 'retry' then
    plan_retry(others, item, now)
  elseif item.code == 'unknown' then
    plan_unknown(others, item, value, now)
  elseif item.code == 'release' then
    plan_release(others, item, crashes_of(item.record) >= CRASHES_UNTIL_SUSPECT)
  end
end

local function read_owned(plan, item, now)
  plan.accepted[item.id] = true
  plan.by_tag[item.tag] = (plan.by_tag[item.tag] or 0) + 1
  plan.others.gone[#plan.others.gone + 1] = item.id
  local is_result = item.code == '+' or item.code == '-'
  -- Every other outcome with a record may end the task, and then dates its history.
  if item.record or not is_result and item.b ~= '' then redis.call('LLEN', history_key(item.id)) end
  if is_result then
    plan_result(plan.others, item, now)
  else
    read_unfinished(plan, item, now)
  end
end

-- item: id, tag, code, a, b, lock, body as told, its place, and what is known of the task: holder, record, aborted,
-- watchers. An unlock needs no claim: the task has long ended.
local function read_other(plan, item, now)
  if not plan.others then plan.others, plan.accepted = new_others(), set_of(plan.gone) end
  item.keep = string.sub(item.lock, 1, 1) == '!'
  if item.keep then item.lock = string.sub(item.lock, 2) end
  if item.lock ~= '' then read_lock(plan.others, item, now) end
  if item.code == 'unlock' then return end
  if plan.accepted[item.id] then
    add_verdict(plan, item.at, 'already')
  elseif item.holder ~= item.tag then
    add_verdict(plan, item.at, refusal(item, redis.call('MGET', task_key(item.id))[1]))
  else
    read_owned(plan, item, now)
  end
end

-- Keys that will be written and have not been read.
local function read_touched(others)
  redis.call('LLEN', k.suspects)
  if #others.due > 0 then redis.call('ZCARD', k.due) end
  if #others.pushed + #others.back > 0 then redis.call('LLEN', k.ready) end
end

-- Before the claim, which may take what is freed here. A run that ends right after its time was up keeps its lock and frees
-- it in one call, in this order.
local function write_locks(others)
  write_chunked('HSET', k.unique, others.kept)
  write_chunked('HDEL', k.unique, others.unlocked)
end

-- Answers whether something was put back that can be claimed at once.
local function write_others(others)
  write_chunked('HDEL', k.running, others.gone)
  local tables = { k.tries, k.aborts, k.watch }
  for _, key in ipairs(tables) do write_chunked('HDEL', key, others.dropped) end
  write_endings(others.endings, tables)
  write_chunked('HSET', k.tries, others.records)
  for _, entry in ipairs(others.errors) do
    redis.call('RPUSH', entry[1], entry[2])
    redis.call('LTRIM', entry[1], -10, -1)
  end
  for _, key in ipairs(others.delayed) do redis.call('SETRANGE', key, 0, 'd') end
  write_chunked('ZADD', k.due, others.due)
  write_chunked('LPUSH', k.ready, others.pushed)
  write_chunked('RPUSH', k.ready, reversed(others.back))
  write_chunked('LPUSH', k.suspects, others.suspects)
  return #others.pushed + #others.back + #others.suspects > 0
end
