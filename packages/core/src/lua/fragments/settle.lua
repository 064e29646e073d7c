-- Settling: what a worker says of the tasks it held. The tag in `running` is the fence; what it does not cover is
-- answered, never written. Plain results, which are nearly all there is, are dealt with here; whatever is more than
-- that goes through `fragments/outcomes.lua`.

-- What sparse tables say of tasks; nothing of nearly all of them.
local function read_facts(ids, sparse)
  local none, count = {}, #ids
  if not sparse then return none, none, none end
  return redis.call('HMGET', KEYS[8], unpack(ids, 1, count)),
    redis.call('HMGET', KEYS[10], unpack(ids, 1, count)),
    redis.call('HMGET', KEYS[11], unpack(ids, 1, count))
end

-- Settles come in groups that share everything but task and body. The plan, for plain results that are accepted:
-- gone: ids; stored: key, value, key, value …; ends: key, epoch ms, …
-- and, once there is one that is more: others; accepted: ids of both kinds
local function read_settle(first_key, first_arg, count, sparse, now)
  local plan = { verdicts = {}, gone = {}, others = false, accepted = false }
  if count == 0 then return plan end
  local KEYS, ARGV, ids, gone, stored, ends = KEYS, ARGV, {}, plan.gone, {}, {}
  plan.ids, plan.stored, plan.ends = ids, stored, ends
  local sub, id_from = string.sub, #KEYS[1] - #'running' + #'task:' + 1
  for at = 1, count do ids[at] = sub(KEYS[first_key - 1 + at], id_from) end
  local tags = redis.call('HMGET', KEYS[1], unpack(ids, 1, count))
  local records, aborts, watchers = read_facts(ids, sparse)

  local at, taken, ending, arg = 0, 0, 0, first_arg
  while at < count do
    local code, claim, a, b, lock = string.match(ARGV[arg], '^([^;]*);([^;]*);([^;]*);([^;]*);(.*)$')
    local tag, members = ARGV[2] .. '|' .. claim, tonumber(ARGV[arg + 1])
    -- It frees nothing and is kept with its payload.
    local is_plain = (code == '+' or code == '-') and lock == '' and a ~= '0'
    local _, removed_at = kept_until(is_plain and a or '', now)
    for body = arg + 2, arg + 1 + members do
      at = at + 1
      local id, accepted = ids[at], plan.accepted
      local is_more = records[at] or aborts[at] or watchers[at] or accepted and accepted[id]
      if is_plain and tags[at] == tag and not is_more then
        local key = KEYS[first_key - 1 + at]
        taken = taken + 1
        gone[taken] = id
        stored[2 * taken - 1] = key
        stored[2 * taken] = ARGV[body]
        if removed_at then
          ends[ending + 1] = key
          ends[ending + 2] = removed_at
          ending = ending + 2
        end
        if accepted then accepted[id] = true end
      else
        exceptions().read_other(plan, {
          at = at, id = id, tag = tag, code = code, a = a, b = b, lock = lock, body = ARGV[body], holder = tags[at],
          record = records[at], aborted = aborts[at], watchers = watchers[at],
        }, now)
      end
    end
    arg = arg + 2 + members
  end
  if plan.others then exceptions().read_touched(plan.others) end
  return plan
end

-- Answers whether something was put back that can be claimed at once.
local function write_settle(plan)
  local count = #plan.gone
  if count > 0 then
    local removed = redis.call('HDEL', KEYS[1], unpack(plan.gone, 1, count))
    -- A sender that names a task twice in one call finds it settled by the first.
    if removed < count then exceptions().drop_repeated(plan) end
    redis.call('MSET', unpack(plan.stored, 1, #plan.stored))
    -- MSET for all and one command for each end cost Redis less than a SET with PX for each.
    local ends = plan.ends
    for at = 1, #ends, 2 do redis.call('PEXPIREAT', ends[at], ends[at + 1]) end
  end
  return plan.others and exceptions().write_others(plan.others)
end
