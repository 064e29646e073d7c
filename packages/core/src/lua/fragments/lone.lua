-- What a worker says that has little to do, or does one task after the other: one plain result at most, and a claim that
-- finds one task or wants one. Between such calls Redis sleeps, and finds neither code nor data in the caches of the
-- processor afterwards: every table and function that a script makes then costs two or three times what it does when one
-- call follows the other (decision 0022). So these two make next to nothing, go from top to bottom, and run before anything
-- else is defined. What is more than plain they leave to what all calls have in common.

-- Answers nil for what is more than plain; else true, the client that waits for the result, the id that is claimed, its
-- value, whether more are left, whether to ring for them, and when something becomes claimable.
local function read_lone(now)
  local LEAST_KEPT, LONGEST, LARGEST_PUBLISHED, MOST_JOINED, FEW, FIRST = 60000, 12, 65536, 262144, 8, 11
  local wants, settles, tends, finished = ARGV[5] ~= '0', ARGV[10] == '1', ARGV[7], ARGV[9] == '1'
  if tends == '1' or ARGV[9] > ARGV[10] or not settles and not wants then return nil end
  local prefix, tag, settled, body = string.sub(KEYS[1], 1, -#'running' - 1), nil, nil, nil
  if settles then
    local at = finished and FIRST + 1 or FIRST
    local claim, ttl = string.match(ARGV[at], '^[+-];(%d+);(%d+);;$')
    -- no lock is freed, and the key goes when the result may not be read any more
    if not claim or #ttl > LONGEST or tonumber(ttl) < LEAST_KEPT then return nil end
    if finished and string.sub(ARGV[FIRST], 1, 1) == '-' then return nil end
    tag, body, settled = ARGV[2] .. '|' .. claim, ARGV[at + 2], string.sub(KEYS[15], #prefix + #'task:' + 1)
  end

  if redis.call('EXISTS', KEYS[8], KEYS[9], KEYS[10]) > 0 or tends == '2' and read_is_neglected(now) then return nil end
  local id, value, leaves, falls_short = nil, nil, false, false
  if wants then
    if not redis.call('ZRANK', KEYS[3], ARGV[2]) or (redis.call('HGET', KEYS[2], 'n') or '0') ~= ARGV[4] then return nil end
    local waiting = redis.call('LRANGE', KEYS[5], '-2', '-1')
    id, leaves, falls_short = waiting[2] or waiting[1], waiting[2] ~= nil, ARGV[5] ~= '1'
    if not id or leaves and falls_short or string.find(id, ' ', 1, true) then return nil end
    -- its blocking call listens to the wrong thing and has to be ended
    if ARGV[8] == (falls_short and 'inbox' or 'bell') then return nil end
    value = redis.call('MGET', prefix .. 'task:' .. id)[1]
    if not value or string.sub(value, 1, 2) ~= 'q;' or #value > MOST_JOINED then return nil end
  end
  local client = false
  if settles then
    local holders = redis.call('HMGET', KEYS[1], settled, id or settled)
    if holders[1] ~= tag or id and holders[2] then return nil end
    client = redis.call('HGET', KEYS[11], settled)
    if client and (#body > LARGEST_PUBLISHED or string.find(client, '[!,]')) then return nil end
    if finished and not wants then redis.call('HLEN', KEYS[2]) end
  elseif redis.call('HEXISTS', KEYS[1], id) == 1 or redis.call('HLEN', KEYS[1]) == FEW - 1 then
    return nil -- held, or the list of owners is to become a table
  end
  local rings = leaves and redis.call('LLEN', KEYS[6]) == 0
  return true, client, id, value, leaves, rings, falls_short and read_next_event({}, now) or -1
end

-- Answers the reply.
local function write_lone(now, client, id, value, leaves, rings, next_event)
  local FIRST = 11
  -- First an allowed command: under maxmemory only a script's first write is judged.
  if id then redis.call('RPOP', KEYS[5]) end
  if ARGV[10] == '1' then
    local prefix, at = string.sub(KEYS[1], 1, -#'running' - 1), ARGV[9] == '1' and FIRST + 1 or FIRST
    local settled, body = string.sub(KEYS[15], #prefix + #'task:' + 1), ARGV[at + 2]
    redis.call('HDEL', KEYS[1], settled)
    redis.call('SET', KEYS[15], body, 'PX', string.match(ARGV[at], '(%d+);;$'))
    if at > FIRST then redis.call('HDEL', KEYS[2], ARGV[FIRST]) end
    if client then
      redis.call('HDEL', KEYS[11], settled)
      redis.call('PUBLISH', prefix .. 'c:' .. client, settled .. ';' .. #body .. '\n' .. body)
    end
  end
  if not id then return { now, {}, 'none' } end
  local number = tostring(ARGV[4] + 1)
  redis.call('HSET', KEYS[1], id, ARGV[2] .. '|' .. number)
  redis.call('HSET', KEYS[2], 'n', number, number, id)
  if rings then redis.call('LPUSH', KEYS[6], '1') end
  return { now, {}, 'claimed', ARGV[4] + 1, 0, leaves and 1 or 0, 0, next_event, id, { #value }, value, {} }
end
