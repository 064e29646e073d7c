-- Settling: what a worker says of the tasks it held. The tag in `running` is the fence; what it does not cover is
-- answered, never written. Plain results, which are nearly all there is, are dealt with here; whatever is more than
-- that goes through `fragments/outcomes.lua`.

-- What sparse tables say of tasks: records of their tries, and whether they are to be aborted. Nothing of nearly all.
local function read_facts(ids, sparse)
  if not sparse then return {}, {} end
  local count = #ids
  return redis.call('HMGET', KEYS[8], unpack(ids, 1, count)), redis.call('HMGET', KEYS[10], unpack(ids, 1, count))
end

-- Settles come in groups that share everything but task and body. The plan, for plain results that are accepted:
-- gone: ids; stored: key, value, key, value …; ends: when Redis removes them, epoch ms or false; told: clients that wait
-- and, once there is one that is more: others; accepted: ids of both kinds. by_tag: how many of both a claim gives up.
local function read_settle(first_key, first_arg, count, sparse, is_watched, now)
  local plan = { verdicts = {}, gone = {}, told = false, others = false, accepted = false, by_tag = {} }
  if count == 0 then return plan end
  local KEYS, ARGV, gone, stored, ends = KEYS, ARGV, plan.gone, {}, {}
  local ids = { unpack(KEYS, first_key, first_key + count - 1) }
  plan.ids, plan.stored, plan.ends = ids, stored, ends
  local sub, id_from = string.sub, #KEYS[1] - #'running' + #'task:' + 1
  for at = 1, count do ids[at] = sub(ids[at], id_from) end
  local tags = redis.call('HMGET', KEYS[1], unpack(ids, 1, count))
  local records, aborts = read_facts(ids, sparse)
  local watchers = is_watched and redis.call('HMGET', KEYS[11], unpack(ids, 1, count)) or {}
  local told = is_watched and {}
  plan.told = told

  local at, taken, arg = 0, 0, first_arg
  while at < count do
    local code, claim, a, b, lock = string.match(ARGV[arg], '^([^;]*);([^;]*);([^;]*);([^;]*);(.*)$')
    local tag, members, taken_before = ARGV[2] .. '|' .. claim, tonumber(ARGV[arg + 1]), taken
    -- It frees nothing and is kept with its payload.
    local is_plain = (code == '+' or code == '-') and lock == '' and a ~= '0'
    local _, removed_at = kept_until(is_plain and a or '', now)
    for body = arg + 2, arg + 1 + members do
      at = at + 1
      local id, accepted = ids[at], plan.accepted
      local is_more = records[at] or aborts[at] or accepted and accepted[id]
      if is_plain and tags[at] == tag and not is_more then
        taken = taken + 1
        gone[taken] = id
        stored[2 * taken - 1] = KEYS[first_key - 1 + at]
        stored[2 * taken] = ARGV[body]
        ends[taken] = removed_at
        if watchers[at] then told[taken] = watchers[at] end
        if accepted then accepted[id] = true end
      else
        exceptions().read_other(plan, {
          at = at, id = id, tag = tag, code = code, a = a, b = b, lock = lock, body = ARGV[body], holder = tags[at],
          record = records[at], aborted = aborts[at], watchers = watchers[at],
        }, now)
      end
    end
    arg = arg + 2 + members
    plan.by_tag[tag] = (plan.by_tag[tag] or 0) + taken - taken_before
  end
  if plan.others then exceptions().read_touched(plan.others) end
  return plan
end

-- Tells each client of all its results at once: when there are others, with those.
local function write_told(plan)
  local ids, messages = {}, plan.others and plan.others.endings.messages or {}
  for at, clients in pairs(plan.told) do
    ids[#ids + 1] = plan.gone[at]
    add_message(messages, clients, plan.gone[at], plan.stored[2 * at])
  end
  if #ids > 0 then redis.call('HDEL', KEYS[11], unpack(ids, 1, #ids)) end
  if not plan.others then write_messages(messages) end
end

-- For several, MSET for all and one command for each end cost Redis less than a SET for each.
local function write_results(stored, ends)
  if #ends == 1 and ends[1] then
    redis.call('SET', stored[1], stored[2], 'PXAT', ends[1])
    return
  end
  redis.call('MSET', unpack(stored, 1, #stored))
  for at = 1, #ends do
    if ends[at] then redis.call('PEXPIREAT', stored[2 * at - 1], ends[at]) end
  end
end

-- Answers whether something was put back that can be claimed at once.
local function write_settle(plan)
  local count = #plan.gone
  if count > 0 then
    local removed = redis.call('HDEL', KEYS[1], unpack(plan.gone, 1, count))
    -- A sender that names a task twice in one call finds it settled by the first.
    if removed < count then exceptions().drop_repeated(plan) end
    write_results(plan.stored, plan.ends)
    if plan.told then write_told(plan) end
  end
  return plan.others and exceptions().write_others(plan.others)
end
