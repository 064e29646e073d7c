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
-- KEYS[13] meta        hash  swept, notBefore
-- KEYS[14] inbox:<w>   list  messages for this worker
-- KEYS[15] task:<id>   string, one for every settle, in order (any number, also none)
-- ARGV[1]  ms added to Redis time
-- ARGV[2]  worker
-- ARGV[3]  lease, ms
-- ARGV[4]  number of the last claim whose answer the worker has
-- ARGV[5]  how many tasks it wants, at most 500
-- ARGV[6]  '1' when it holds a suspect
-- ARGV[7]  '1' when this call also looks after the queue
-- ARGV[8]  what its blocking call waits for at this moment: 'none', 'inbox' or 'bell' (inbox and bell)
-- ARGV[9]  how many claim numbers follow that are settled whole
-- ARGV[10] how many settles follow: id, claim number, outcome, a, b, lock, body each
--            '+' '-'      a ttl ('' default, '-' for ever, ms)  b nonce   body result
--            'abort' 'malformed'
--            'retry'      a '+ms' or '@epoch ms'  b tries record  body error
--            'release'    b tries record, '' when it was not started
--            'unknown'    a back-off ms  b tries record  body grace ms
--            'unlock'     only frees the lock
--          lock '' for most; '!' before it keeps it until 'unlock'
--
-- replies { now, { index, 'already'|'lost'|'aborted', ... }, 'none'|'lapsed' }
--       | { now, { ... }, 'claimed', number, suspect, more, tend again, next event or -1, ids, values, tries }
-- @include fragments/keys.lua
-- @include fragments/clock.lua
-- @include fragments/lists.lua
-- @include fragments/finish.lua
-- @include fragments/endings.lua
-- @include fragments/holdings.lua
-- @include fragments/tend.lua
-- @include fragments/settle.lua
-- @include fragments/claim.lua

-- validate
local k = {
  running = KEYS[1], claims = KEYS[2], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6],
  due = KEYS[7], tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12],
  meta = KEYS[13], caller = ARGV[2],
}
local worker, lease, acked, want = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local finished = {}
for at = 1, tonumber(ARGV[9]) do finished[at] = ARGV[10 + at] end
local items = parse_settles(11 + #finished, tonumber(ARGV[10]), 14)

-- A worker that goes hungry must hear the bell, and one that is full must not swallow its token: in both cases the
-- blocking call that is under way listens to the wrong thing and is ended by a message.
local function must_poke(listens, claim)
  if not claim or claim.kind == 'lapsed' then return false end
  local full = #claim.ids >= want
  return listens == 'inbox' and not full or listens == 'bell' and full
end

-- What this very call puts off comes next, too.
local function sooner(next_event, due)
  for at = 1, #due, 2 do
    if next_event < 0 or due[at] < next_event then next_event = due[at] end
  end
  return next_event
end

-- read
local now = read_now()
local settled = read_settle(k, items, now)
local tend = ARGV[7] == '1' and read_tend(k, lease, now)
local claim = want > 0 and read_claim(k, worker, acked, want, ARGV[6] == '1', now, settled)
local next_event = -1
if claim and claim.kind == 'claimed' and #claim.ids < want then
  next_event = sooner(read_next_event(k, tend and tend.guard.not_before or 0, now), settled.due)
end

if #finished > 0 then redis.call('HLEN', k.claims) end
local quiet = redis.call('LLEN', k.bell) == 0
local poke = must_poke(ARGV[8], claim) and redis.call('LLEN', KEYS[14]) == 0

-- write
-- First an allowed command: under maxmemory only a script's first write is judged, and workers must drain.
redis.call('ZREM', k.workers, '')
write_locks(k, settled)
-- The claim cuts off the front of `ready` that it read; what comes back to the front comes after it.
local woken = claim and write_claim(k, worker, claim)
woken = tend and write_tend(k, tend, now) or woken
woken = write_settle(k, settled) or woken
write_chunked('HDEL', k.claims, finished)
if poke then
  redis.call('RPUSH', KEYS[14], 'wake')
  redis.call('PEXPIRE', KEYS[14], 3600000)
end
if woken and quiet then redis.call('LPUSH', k.bell, '1') end

if not claim then return { now, settled.verdicts, 'none' } end
if claim.kind == 'lapsed' then return { now, settled.verdicts, 'lapsed' } end
return {
  now, settled.verdicts, 'claimed', claim.number, claim.suspect and 1 or 0, (woken or (claim.left or 0) > 0) and 1 or 0,
  tend and tend.again and 1 or 0, next_event, claim.ids, claim.values, claim.records,
}
