-- @include fragments/prefix.lua
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
