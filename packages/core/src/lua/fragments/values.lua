-- Values of tasks. MSET for all and one command for each end cost Redis less than a SET with PX for each.
-- stored: key, value, key, value …
local function write_values(stored)
  for first = 1, #stored, CHUNK do
    redis.call('MSET', unpack(stored, first, math.min(first + CHUNK - 1, #stored)))
  end
end

-- ends: key, epoch ms, …; a key that is not there is passed over
local function write_ends(ends)
  for at = 1, #ends, 2 do redis.call('PEXPIREAT', ends[at], ends[at + 1]) end
end
