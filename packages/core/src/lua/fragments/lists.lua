-- Redis refuses an empty argument list and Lua refuses to unpack thousands of values: both in the middle of a
-- script, when earlier writes are kept. Everything variadic goes through here.
local CHUNK = 1000

local function write_chunked(command, key, values)
  for first = 1, #values, CHUNK do
    redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
  end
end

local function read_fields(key, fields)
  local found = {}
  for first = 1, #fields, CHUNK do
    local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
    for index = 1, #part do found[first + index - 1] = part[index] end
  end
  return found
end

local function read_values(keys)
  local found = {}
  for first = 1, #keys, CHUNK do
    local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
    for index = 1, #part do found[first + index - 1] = part[index] end
  end
  return found
end

-- All or nothing: answers false, with nothing written, when one of the keys exists. At most 500 pairs.
local function write_all_new(values)
  return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
