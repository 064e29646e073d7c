-- Redis time in ms, moved by ARGV[1] (0 outside tests).
local function read_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
