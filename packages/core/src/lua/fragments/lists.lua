-- Redis refuses an empty argument list and Lua refuses to unpack thousands of values: both in the middle of a
-- script, when earlier writes are kept. Everything variadic goes through here.
local CHUNK = 1000

-- Answers the sum of what Redis answers.
local function write_chunked(command, key, values)
  local sum = 0
  for first = 1, #values, CHUNK do
    sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
  end
  return sum
end

local function read_fields(key, fields)
  if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
  local found = {}
  for first = 1, #fields, CHUNK do
    local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
    for index = 1, #part do found[first + index - 1] = part[index] end
  end
  return found
end

local function read_values(keys)
  if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
  local found = {}
  for first = 1, #keys, CHUNK do
    local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
    for index = 1, #part do found[first + index - 1] = part[index] end
  end
  return found
end
