-- renew: extends the lease of a worker, tells it which of its tasks are to be aborted, and looks after the queue.
--
-- KEYS[1]  running     hash  id -> tag of the claim that holds it
-- KEYS[2]  worker:<w>  string
-- KEYS[3]  workers     zset  worker -> end of its lease
-- KEYS[4]  dead        zset  lapsed worker that is being emptied -> since
-- KEYS[5]  ready       list
-- KEYS[6]  bell        list  at most one token
-- KEYS[7]  due         zset  id -> when it becomes ready
-- KEYS[8]  tries       hash  id -> tries,attempts,crashes,firstUnknown,tag
-- KEYS[9]  suspects    list
-- KEYS[10] aborts      hash  id -> when its abort was asked for
-- KEYS[11] watch       hash  id -> clients that wait
-- KEYS[12] unique      hash  lock -> id,tag[,since]
-- KEYS[13] meta        hash  swept
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  worker
-- ARGV[3]  lease, ms
--
-- replies { now, 'renewed', ids to abort } | { now, 'lapsed' }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/kept-until.lua
-- @include fragments/messages.lua
-- @include fragments/values.lua
-- @include fragments/records.lua
-- @include fragments/finish.lua
-- @include fragments/endings.lua
-- @include fragments/holdings.lua
-- @include fragments/tend.lua

-- validate
local k = {
  running = KEYS[1], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6], due = KEYS[7],
  tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12], meta = KEYS[13],
  caller = ARGV[2],
}
local worker, lease = ARGV[2], tonumber(ARGV[3])

-- read
local now = read_now()
if not redis.call('ZSCORE', k.workers, worker) then return { now, 'lapsed' } end
local asked, mine = redis.call('HKEYS', k.aborts), {}
for at, tag in ipairs(read_fields(k.running, asked)) do
  if tag and string.find(tag, worker .. '|', 1, true) == 1 then mine[#mine + 1] = asked[at] end
end
local tend = read_tend(k, lease, now)
local quiet = redis.call('LLEN', k.bell) == 0

-- write
redis.call('ZREM', k.workers, '')
local woken = write_tend(k, tend, now)
-- After the leases that were moved: its own may be among them.
redis.call('ZADD', k.workers, now + lease, worker)
redis.call('PEXPIRE', KEYS[2], 86400000)
if woken and quiet then redis.call('LPUSH', k.bell, '1') end
return { now, 'renewed', mine }
