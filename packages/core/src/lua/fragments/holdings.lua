-- What a worker still holds, oldest claim first and in claim order. `claims:<w>` is the index, `running` the truth.
local function read_holdings(running, worker)
  local flat = redis.call('HGETALL', claims_key(worker))
  local numbers, ids_of = {}, {}
  for at = 1, #flat, 2 do
    local number = tonumber(flat[at])
    if number then
      numbers[#numbers + 1] = number
      ids_of[number] = flat[at + 1]
    end
  end
  table.sort(numbers)
  local ids, tags = {}, {}
  for _, number in ipairs(numbers) do
    for id in string.gmatch(ids_of[number], '%S+') do
      ids[#ids + 1] = id
      tags[#tags + 1] = worker .. '|' .. number
    end
  end
  local found = read_fields(running, ids)
  local held = {}
  for at = 1, #ids do
    if found[at] == tags[at] then held[#held + 1] = { id = ids[at], tag = tags[at] } end
  end
  return held
end
