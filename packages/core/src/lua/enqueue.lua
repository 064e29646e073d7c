-- enqueue: stores tasks that are not there yet and puts each where it waits. Refused whole, with nothing written,
-- when Redis is full or the call comes later than its sender still waits for.
--
-- KEYS[1] running    hash    (for the prefix)
-- KEYS[2] ready      list    ids that wait, newest on the left
-- KEYS[3] bell       list    at most one token
-- KEYS[4] due        zset    id -> when it becomes ready
-- KEYS[5] task:<id>  string, one for every item, in order (any number)
-- ARGV[1] ms added to Redis time
-- ARGV[2] not after, epoch ms
-- ARGV[3] how many items follow: id, value, nonce ('' for a generated id), start ('' now, '+ms', '@epoch ms') each
--
-- replies { now, 'late' } | { now, 'created' } (all of them) | { now, 'mixed', 'created'|'duplicate'|'wrong-type', ... }
-- @include fragments/clock.lua
-- @include fragments/lists.lua

-- validate
local KEYS_BEFORE, WIDTH, MOST = 4, 4, 500
local not_after, count = tonumber(ARGV[2]), tonumber(ARGV[3])
if count > MOST then return redis.error_reply('ERR enqueue takes at most ' .. MOST .. ' tasks, got ' .. count) end

local function due_at(start, now)
  if start == '' then return nil end
  local at = tonumber(string.sub(start, 2))
  if string.sub(start, 1, 1) == '+' then at = now + at end
  return at > now and at or nil
end

local function parse_items(now)
  local items = {}
  for at = 1, count do
    local base = 3 + (at - 1) * WIDTH
    local item = {
      id = ARGV[base + 1], value = ARGV[base + 2], nonce = ARGV[base + 3], key = KEYS[KEYS_BEFORE + at],
      due = due_at(ARGV[base + 4], now),
    }
    -- The sender's clock may not know yet whether it is due.
    local state = item.due and 'd' or 'q'
    if string.sub(item.value, 1, 1) ~= state then item.value = state .. string.sub(item.value, 2) end
    items[at] = item
  end
  return items
end

-- A producer whose own first send is already there sees it as created: its reply was lost.
local function verdict(item, stored)
  local nonce = string.match(stored, '^[^;\n]*;[^;\n]*;([^;\n]*)')
  return (item.nonce == '' or item.nonce == nonce) and 'created' or 'duplicate'
end

-- Answers whether one of them can be claimed at once.
local function write_waiting(items)
  local ready, due = {}, {}
  for _, item in ipairs(items) do
    if item.due then
      due[#due + 1] = item.due
      due[#due + 1] = item.id
    else
      ready[#ready + 1] = item.id
    end
  end
  write_chunked('LPUSH', KEYS[2], ready)
  write_chunked('ZADD', KEYS[4], due)
  return #ready > 0
end

-- read
local now = read_now()
if now > not_after then return { now, 'late' } end
if count == 0 then return { now, 'created' } end
local items = parse_items(now)
local earliest
for _, item in ipairs(items) do
  if item.due and (not earliest or item.due < earliest) then earliest = item.due end
end
redis.call('LLEN', KEYS[2])
local quiet = redis.call('LLEN', KEYS[3]) == 0
local head = earliest and redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]

-- write
-- Most batches are all new: one variadic command then, and it is one that a full Redis refuses.
-- One id twice would count as one in it, with the bytes of the last.
local pairs_of, seen, repeated = {}, {}, false
for at, item in ipairs(items) do
  repeated = repeated or seen[item.key]
  seen[item.key] = true
  pairs_of[2 * at - 1] = item.key
  pairs_of[2 * at] = item.value
end
local created, replies = items, nil
if repeated or not write_all_new(pairs_of) then
  created, replies = {}, { now, 'mixed' }
  for _, item in ipairs(items) do
    -- order: MSETNX that answers 0 has written nothing, and each SET NX is judged by its own answer
    local fresh = redis.call('SET', item.key, item.value, 'NX')
    local reply = 'created'
    if fresh then
      created[#created + 1] = item
    else
      local stored = redis.pcall('GET', item.key) -- order: only of keys that were not written
      reply = type(stored) == 'string' and verdict(item, stored) or 'wrong-type'
    end
    replies[#replies + 1] = reply
  end
end
local claimable = write_waiting(created)
local sooner = #created > 0 and earliest and (not head or earliest < tonumber(head))
if quiet and (claimable or sooner) then redis.call('LPUSH', KEYS[3], '1') end
return replies or { now, 'created' }
