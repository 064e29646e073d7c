-- Tasks that are neither held nor due, and whether they wait in a list.
local PAGE, FEW = 1000, 4

local function read_is_listed(id)
  return redis.call('LPOS', KEYS[2], id) or redis.call('LPOS', KEYS[3], id)
end

-- For many it is cheaper to go through the lists once than to have Redis search them for each.
local function read_unlisted(ids)
  local unlisted, left = {}, #ids
  for _, id in ipairs(ids) do unlisted[id] = left > FEW or not read_is_listed(id) end
  if left <= FEW then return unlisted end
  for _, key in ipairs({ KEYS[2], KEYS[3] }) do
    local first, page = 0, nil
    repeat
      page = redis.call('LRANGE', key, first, first + PAGE - 1)
      for _, id in ipairs(page) do
        if unlisted[id] then unlisted[id], left = false, left - 1 end
      end
      first = first + PAGE
    until #page < PAGE or left == 0
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

local function read_stranded(plan)
  local unlisted = read_unlisted(plan.waiting)
  local is_any = false
  for _, is_unlisted in pairs(unlisted) do is_any = is_any or is_unlisted end
  local claims = is_any and read_claims(plan, unlisted)
  for _, id in ipairs(plan.waiting) do
    if unlisted[id] then
      local tags = claims[id] or {}
      local is_suspect = crashes_of(plan.unheld[id].record) >= CRASHES_UNTIL_SUSPECT
      local place = #tags > 0 and 'running' or is_suspect and 'suspects' or 'ready'
      -- Of several, one runs it perhaps; all let go of it when they compare what they hold.
      add_finding(plan, 'stranded', id, place, #tags < 2)
      if #tags == 1 then
        plan.held[#plan.held + 1] = id
        plan.held[#plan.held + 1] = tags[1]
      elseif #tags == 0 then
        local list = is_suspect and plan.suspects or plan.ready
        list[#list + 1] = id
      end
    end
  end
  plan.waiting = {}
end
