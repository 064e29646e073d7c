-- floor-enqueue: stores bodies and lines their ids up.
--
-- KEYS[1] ready  list    newest on the left
-- KEYS[2] bell   list    at most one token
-- KEYS[3] bodies string  one for every id (any number)
-- ARGV    all ids, then all bodies
--
-- replies the length of the list
local count = #KEYS - 2
local stored, ids = {}, {}
for at = 1, count do
  stored[2 * at - 1] = KEYS[at + 2]
  stored[2 * at] = ARGV[count + at]
  ids[at] = ARGV[at]
end
redis.call('MSETNX', unpack(stored))
local length = redis.call('LPUSH', KEYS[1], unpack(ids))
if length == count and redis.call('LLEN', KEYS[2]) == 0 then redis.call('LPUSH', KEYS[2], '1') end
return length
