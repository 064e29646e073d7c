-- Claims that their worker calls finished. `claims:<w>` is how a task that is held is found at all, and a Redis that came
-- back without the last it had answered holds tasks again that their worker has settled: a claim of which something is still
-- held stays listed.

local function read_still_held(ids, tag)
  local FEW, held = 500, 0
  for first = 1, #ids, FEW do
    local holders = redis.call('HMGET', KEYS[1], unpack(ids, first, math.min(first + FEW - 1, #ids)))
    for at = 1, #holders do
      if holders[at] == tag then held = held + 1 end
    end
  end
  return held
end

-- Answers the numbers that can be forgotten. Those whose tasks are all settled by this call need no look; the others
-- come behind them and are marked.
local function read_finished(first, last, by_tag)
  local MARK, whole_until = 45, last
  while whole_until >= first and string.byte(ARGV[whole_until]) == MARK do whole_until = whole_until - 1 end
  local numbers = { unpack(ARGV, first, whole_until) }
  for at = whole_until + 1, last do
    local number = string.sub(ARGV[at], 2)
    local ids, tag = {}, ARGV[2] .. '|' .. number
    for id in string.gmatch(redis.call('HGET', KEYS[2], number) or '', '%S+') do ids[#ids + 1] = id end
    if read_still_held(ids, tag) <= (by_tag[tag] or 0) then numbers[#numbers + 1] = number end
  end
  return numbers
end
