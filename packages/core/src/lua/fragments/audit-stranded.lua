-- Tasks that are neither held nor due, and whether they wait in a list.

-- What was in a list all the time was seen by whoever walked through it. What came into it since has another record of
-- its tries, unless it was handed back as it was: then it is among the next to be claimed.
local PAGE, NEXT = 1000, 10000

local function read_unlisted(ids)
  local unlisted = {}
  for _, id in ipairs(ids) do unlisted[id] = true end
  for _, key in ipairs({ KEYS[2], KEYS[3] }) do
    local last, page = -1, nil
    repeat
      page = redis.call('LRANGE', key, last - PAGE + 1, last)
      for _, id in ipairs(page) do unlisted[id] = nil end
      last = last - PAGE
    until #page < PAGE or last < -NEXT
  end
  return unlisted
end

-- The claims that list a stranded task and are not known to have settled it: `running` has been deleted, and one of them
-- may be what holds it.
local function read_claims(plan, unlisted)
  local found = {}
  for _, key in ipairs({ KEYS[9], KEYS[10] }) do
    for _, worker in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      local claims = redis.call('HGETALL', claims_key(worker))
      for at = 1, #claims, 2 do
        local tag = worker .. '|' .. claims[at]
        for id in string.gmatch(claims[at] ~= 'n' and claims[at + 1] or '', '%S+') do
          local task = unlisted[id] and plan.unheld[id]
          local is_settled = task and task.record and string.match(task.record, '^%d+,%d+,%d+,%d*,(.*)$') == tag
          if task and not is_settled then add_to(found, id, tag) end
        end
      end
    end
  end
  return found
end

local function add_stranded(plan, task, tags)
  local is_suspect = crashes_of(task.record) >= CRASHES_UNTIL_SUSPECT
  -- Of several, one runs it perhaps; all let go of it when they compare what they hold.
  add_finding(plan, 'stranded', task.id, #tags > 0 and 'running' or is_suspect and 'suspects' or 'ready', #tags < 2)
  if #tags == 1 then
    plan.held[#plan.held + 1] = task.id
    plan.held[#plan.held + 1] = tags[1]
  elseif #tags == 0 then
    local list = is_suspect and plan.suspects or plan.ready
    list[#list + 1] = task.id
  end
end

-- searches: whether the lists are looked into here
local function read_stranded(plan, searches)
  local unlisted = {}
  if searches then
    unlisted = read_unlisted(plan.waiting)
  else
    for _, id in ipairs(plan.waiting) do unlisted[id] = true end
  end
  local claims = next(unlisted) and read_claims(plan, unlisted)
  for _, id in ipairs(plan.waiting) do
    if unlisted[id] then add_stranded(plan, plan.unheld[id], claims[id] or {}) end
  end
  plan.waiting = {}
end
