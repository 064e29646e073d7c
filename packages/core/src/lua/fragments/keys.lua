-- `running` is the first key of every script; what is found inside (ids, workers, clients) is named from its prefix.
local prefix = string.sub(KEYS[1], 1, -8)

local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
