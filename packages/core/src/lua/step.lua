-- step: the one call of a running worker. It settles what has finished, looks after the queue, and claims what
-- comes next, in one round trip. Sent again after a lost reply, it answers the same and takes nothing more.
--
-- KEYS[1]  running     hash  id -> tag of the claim that holds it
-- KEYS[2]  claims:<w>  hash  n -> last claim number; number -> ids
-- KEYS[3]  workers     zset  worker -> end of its lease
-- KEYS[4]  dead        zset  lapsed worker that is being emptied -> since
-- KEYS[5]  ready       list
-- KEYS[6]  bell        list  at most one token
-- KEYS[7]  due         zset  id -> when it becomes ready
-- KEYS[8]  tries       hash  id -> tries,attempts,crashes,firstUnknown,tag
-- KEYS[9]  suspects    list  ids that were held when workers crashed
-- KEYS[10] aborts      hash  id -> when its abort was asked for
-- KEYS[11] watch       hash  id -> clients that wait
-- KEYS[12] unique      hash  lock -> id,tag[,since]
-- KEYS[13] meta        hash  swept
-- KEYS[14] inbox:<w>   list  messages for this worker
-- KEYS[15] task:<id>   string, one for every settle, in order (any number, also none)
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  worker
-- ARGV[3]  lease, ms
-- ARGV[4]  number of the last claim whose answer the worker has
-- ARGV[5]  how many tasks it wants, at most 500
-- ARGV[6]  '1' when it holds a suspect
-- ARGV[7]  '1' when this call also looks after the queue, '2' when it does unless somebody has within the last 100 ms
-- ARGV[8]  what its blocking call waits for at this moment: 'none', 'inbox' or 'bell' (inbox and bell)
-- ARGV[9]  how many claim numbers follow that are settled whole; last those of which earlier calls have settled a part, with
--          a '-' before them
-- ARGV[10] how many settles follow, in groups that share everything but task and body, in the order of their keys:
--          'outcome;claim number;a;b;lock', how many, body each
--            '+' '-'      a ttl ('-' for ever, ms)  body the finished value
--            'abort' 'malformed'
--            'retry'      a '+ms' or '@epoch ms'  b tries record  body error
--            'release'    b tries record, '' when it was not started
--            'unknown'    a back-off ms  b tries record  body grace ms
--            'unlock'     only frees the lock
--          lock '' for most; '!' before it keeps it until 'unlock'
--
-- replies { now, { index, 'already'|'lost'|'aborted', ... }, 'none'|'lapsed' }
--       | { now, { ... }, 'claimed', number, suspect, more, tend again, next event or -1, ids, sizes, values, tries }
--         ids and values are one text each: ids with blanks between them, values one after the other, and sizes says how
--         many bytes each has. Large values, and ids that no client writes, come as two lists, and sizes is empty then
-- @include fragments/clock.lua

-- Whether nobody has looked after the queue lately, or the clock has gone back since.
local function read_is_neglected(now)
  local TEND_EVERY = 100
  local swept = redis.call('HGET', KEYS[13], 'swept')
  return not swept or math.abs(now - swept) >= TEND_EVERY
end

-- When something becomes claimable of a queue that has nothing more to claim; -1 when nothing is known to.
local function read_next_event(put_off, now)
  local due = redis.call('ZRANGE', KEYS[7], '0', '0', 'WITHSCORES')[2]
  local lease_end = redis.call('ZRANGE', KEYS[3], '0', '0', 'WITHSCORES')[2]
  local soonest = due and tonumber(due) or -1
  lease_end = lease_end and math.max(tonumber(lease_end), now + 100) or -1
  if lease_end >= 0 and (soonest < 0 or lease_end < soonest) then soonest = lease_end end
  -- What this very call puts off comes next, too.
  for at = 1, #put_off, 2 do
    if soonest < 0 or put_off[at] < soonest then soonest = put_off[at] end
  end
  return soonest
end

-- @include fragments/lone.lua

-- validate
local MOST_CLAIMED, MOST_SETTLED = 500, 500
local worker, lease, acked = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local want = math.min(tonumber(ARGV[5]), MOST_CLAIMED)
local tends, listens, finished, settles = ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
if settles > MOST_SETTLED then
  return redis.error_reply('ERR step takes at most ' .. MOST_SETTLED .. ' settles, got ' .. settles)
end

-- read
local now = read_now()
if settles <= 1 then
  local is_lone, client, id, value, leaves, rings, next_event = read_lone(now)
  -- order: all that it needs has been read, and nothing of what follows
  if is_lone then return write_lone(now, client, id, value, leaves, rings, next_event) end
end

-- @include fragments/kept-until.lua
-- @include fragments/messages.lua

-- Few calls need what is in here, and to define it costs Redis as much as to claim ten tasks. What is defined outside
-- names keys by number and shares nothing with other functions, because that costs with every call, too.
local function define_exceptions()
  local k = {
    running = KEYS[1], claims = KEYS[2], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6],
    due = KEYS[7], tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12],
    meta = KEYS[13], caller = ARGV[2],
  }
  -- @include fragments/keys.lua
  -- @include fragments/lists.lua
  -- @include fragments/values.lua
  -- @include fragments/records.lua
  -- @include fragments/finish.lua
  -- @include fragments/endings.lua
  -- @include fragments/holdings.lua
  -- @include fragments/outcomes.lua
  -- @include fragments/odd-claims.lua
  -- @include fragments/tend.lua
  return {
    k = k, read_other = read_other, read_touched = read_touched, write_locks = write_locks, write_others = write_others,
    drop_repeated = drop_repeated, read_repeat = read_repeat, read_odd_claim = read_odd_claim,
    drop_listed_twice = drop_listed_twice, write_odd_claim = write_odd_claim, write_taken_locks = write_taken_locks,
    read_tend = read_tend, write_tend = write_tend,
  }
end

local defined
local function exceptions()
  defined = defined or define_exceptions()
  return defined
end

-- @include fragments/settle.lua
-- @include fragments/claim.lua
-- @include fragments/finished.lua

local present = redis.call('EXISTS', KEYS[8], KEYS[9], KEYS[10], KEYS[11])
local is_watched = present > 0 and redis.call('EXISTS', KEYS[11]) == 1
local sparse = present > (is_watched and 1 or 0)
local settled = read_settle(15, 11 + finished, settles, sparse, is_watched, now)
local tend = (tends == '1' or tends == '2' and read_is_neglected(now)) and exceptions().read_tend(exceptions().k, lease, now)
local claim = want > 0 and read_claim(worker, acked, want, ARGV[6] == '1', sparse, settled, now)
local is_claimed = claim and claim.kind == 'claimed'
local falls_short = is_claimed and #claim.ids < want
local next_event = -1
if falls_short then
  next_event = read_next_event(settled.others and settled.others.due or {}, now)
end
if finished > 0 and not claim then redis.call('HLEN', KEYS[2]) end
local forgotten = finished > 0 and read_finished(11, 10 + finished, settled.by_tag) or {}
local may_wake = tend or settled.others or is_claimed and claim.leaves
local quiet = may_wake and redis.call('LLEN', KEYS[6]) == 0
-- A worker that goes hungry must hear the bell, and one that is full must not swallow its token: in both cases the
-- blocking call that is under way listens to the wrong thing and is ended by a message.
local poke = is_claimed and listens == (falls_short and 'inbox' or 'bell') and redis.call('LLEN', KEYS[14]) == 0

-- write
-- First an allowed command: under maxmemory only a script's first write is judged, and workers must drain. Plain results
-- alone begin with one anyway.
-- The claim cuts off the front of `ready` that it read; what comes back to the front comes after it.
local popped = claim and claim.popped or 0
if popped > 0 then
  redis.call('LTRIM', KEYS[5], '0', '-' .. popped + 1)
elseif may_wake or poke or is_claimed and not claim.is_plain then
  redis.call('ZREM', KEYS[3], '')
end
if settled.others then exceptions().write_locks(settled.others) end
local woken = is_claimed and write_claim(worker, claim)
woken = tend and exceptions().write_tend(exceptions().k, tend, now) or woken
woken = write_settle(settled) or woken
for first = 1, #forgotten, 500 do
  redis.call('HDEL', KEYS[2], unpack(forgotten, first, math.min(first + 499, #forgotten)))
end
if poke then
  redis.call('RPUSH', KEYS[14], 'wake')
  redis.call('PEXPIRE', KEYS[14], 3600000)
end
if woken and quiet then redis.call('LPUSH', KEYS[6], '1') end

if not claim then return { now, settled.verdicts, 'none' } end
if not is_claimed then return { now, settled.verdicts, 'lapsed' } end
local ids, sizes, values = joined(claim.ids, claim.values, claim.listed)
return {
  now, settled.verdicts, 'claimed', claim.number, claim.suspect and 1 or 0, (woken or claim.leaves) and 1 or 0,
  tend and tend.again and 1 or 0, next_event, ids, sizes, values, claim.records,
}
