-- floor-step: settles what has run and claims what comes next.
--
-- KEYS[1] ready    list  newest on the left
-- KEYS[2] running  hash  id -> owner
-- KEYS[3] bell     list  at most one token
-- KEYS[4] bodies   string  one for every settle, in order (any number)
-- ARGV[1] owner
-- ARGV[2] how many tasks to claim
-- ARGV[3] ms that a result is kept
-- ARGV[4] prefix of the key of a body
-- ARGV[5] settles: id, result, channel ('' when nobody waits) each
--
-- replies { ids, bodies }
local owner, want, ttl, prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local finished = {}
for at = 1, #KEYS - 3 do finished[at] = ARGV[2 + at * 3] end
if #finished > 0 then
  local owners = redis.call('HMGET', KEYS[2], unpack(finished))
  for at, id in ipairs(finished) do
    if owners[at] == owner then
      local result, channel = ARGV[3 + at * 3], ARGV[4 + at * 3]
      redis.call('SET', KEYS[3 + at], result, 'PX', ttl)
      if channel ~= '' then redis.call('PUBLISH', channel, id .. result) end
    end
  end
  redis.call('HDEL', KEYS[2], unpack(finished))
end

if want == 0 then return { {}, {} } end
local ids = redis.call('RPOP', KEYS[1], want)
if not ids then return { {}, {} } end
local keys, owned = {}, {}
for at, id in ipairs(ids) do
  keys[at] = prefix .. id
  owned[2 * at - 1] = id
  owned[2 * at] = owner
end
redis.call('HSET', KEYS[2], unpack(owned))
if #ids == want and redis.call('LLEN', KEYS[1]) > 0 and redis.call('LLEN', KEYS[3]) == 0 then
  redis.call('LPUSH', KEYS[3], '1')
end
return { ids, redis.call('MGET', unpack(keys)) }
