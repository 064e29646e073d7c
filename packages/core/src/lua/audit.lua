-- audit: judges some tasks, workers, locks and schedules by all that the queue knows of them, at one moment, and puts
-- right what is wrong when it is told to.
--
-- KEYS[1]  running        hash  id -> tag of the claim that holds it
-- KEYS[2]  ready          list
-- KEYS[3]  suspects       list  ids that were held when workers crashed
-- KEYS[4]  due            zset  id -> when it becomes ready
-- KEYS[5]  tries          hash  id -> tries,attempts,crashes,firstUnknown,tag
-- KEYS[6]  aborts         hash  id -> when its abort was asked for
-- KEYS[7]  watch          hash  id -> clients that wait
-- KEYS[8]  unique         hash  lock -> id,tag[,since]
-- KEYS[9]  workers        zset  worker -> end of its lease
-- KEYS[10] dead           zset  lapsed worker that is being emptied -> since
-- KEYS[11] bell           list  at most one token
-- KEYS[12] schedules      hash  name -> hash \n ...
-- KEYS[13] schedules:due  zset  name -> next slot
-- KEYS[14] task:<id>      string, one for every task that is judged, in order (any number; the task may not be there)
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  '1' when what is found is put right
-- ARGV[3]  what is done about tasks that should be in a list: '' answers them, 'search' looks for what has not been
--          seen in the lists, 'searched' takes them as being in none
-- ARGV[4]  '1' when no task of the queue is kept for ever
-- ARGV[5]  lease for workers that have none, ms
-- ARGV[6]  how many tasks are judged; with the others at most 200
-- ARGV[7]  with 'search' and 'searched' what `tries` had of each of these tasks before the lists were walked, or '';
--          then 'worker', 'lock' or 'schedule' and its name, for each of the others
--
-- replies { now, { id of a task that should be in a list, its record or '', … }, { kind, name, detail, 1 when it is put
--           right or would be, … } }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/records.lua
-- @include fragments/holdings.lua
-- @include fragments/audit-plan.lua
-- @include fragments/audit-holders.lua
-- @include fragments/audit-tasks.lua
-- @include fragments/audit-stranded.lua
-- @include fragments/audit-others.lua

-- validate
local MOST = 200
local repairs, lists, all_end = ARGV[2] == '1', ARGV[3], ARGV[4] == '1'
local lease, count = tonumber(ARGV[5]), tonumber(ARGV[6])
local first_other = lists == '' and 7 or 7 + count
local subjects = count + (#ARGV - first_other + 1) / 2
if subjects > MOST then return redis.error_reply('ERR audit takes at most ' .. MOST .. ' subjects, got ' .. subjects) end

-- Keys that may be written, whatever the subjects are.
local function read_types()
  for _, key in ipairs({ KEYS[1], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[12] }) do redis.call('HLEN', key) end
  for _, key in ipairs({ KEYS[2], KEYS[3] }) do redis.call('LLEN', key) end
  for _, key in ipairs({ KEYS[4], KEYS[9], KEYS[10], KEYS[13] }) do redis.call('ZCARD', key) end
end

-- read
local now = read_now()
local plan = new_plan()
read_types()
for _, task in ipairs(read_tasks(14, count, lists ~= '')) do read_task(plan, task, all_end, now) end
if lists ~= '' and #plan.waiting > 0 then read_stranded(plan, lists == 'search') end
local tokens = redis.call('LLEN', KEYS[11])
for at = first_other, #ARGV, 2 do read_other(plan, ARGV[at], ARGV[at + 1]) end
local is_ringing = tokens > 1
if is_ringing then add_finding(plan, 'ringing', '', tostring(tokens), true) end
local waiting = {}
for at, id in ipairs(plan.waiting) do
  waiting[2 * at - 1] = id
  waiting[2 * at] = plan.unheld[id].record or ''
end
local reply = { now, waiting, plan.findings }
if not repairs or #plan.findings == 0 then return reply end

-- write
-- First an allowed command: an audit puts a queue right while Redis is full.
redis.call('ZREM', KEYS[9], '')
write_plan(plan, lease, now)
if is_ringing then redis.call('LTRIM', KEYS[11], 0, 0) end
if tokens == 0 and #plan.ready + #plan.suspects + #plan.due > 0 then redis.call('LPUSH', KEYS[11], '1') end
return reply
