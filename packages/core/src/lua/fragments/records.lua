-- What is written down of a task beside its result: its tries record and its lock.
-- What stands behind the state of a value that has no flags.
local SEMICOLON = 59
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3

local function tries_of(record)
  return record and string.match(record, '^(%d+),') or '0'
end

local function crashes_of(record)
  return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end

local function lock_of(value)
  return string.match(value, '^[^;\n]*;[^;\n]*;[^;\n]*;[^;\n]*;([^;\n]+)') or ''
end

-- Oldest first becomes oldest last, as lists are claimed from the right.
local function reversed(list)
  local turned = {}
  for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
  return turned
end
