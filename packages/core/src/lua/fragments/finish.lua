-- How a task ends. A finished value stays at least a minute, so that late duplicates and waiters find it.
local LEAST_KEPT = 60000
local DEFAULT_TTL = 300000
local LONGEST_KEPT = 1e15

-- ttl as in a header: '' is the default, '-' for ever, else ms. Answers until when it may be read, and its PX. What is
-- no whole number counts as the default: SET would refuse it half way through a call.
local function kept_until(ttl, now)
  if ttl == '-' then return '', nil end
  local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), LONGEST_KEPT) or DEFAULT_TTL
  return string.format('%.0f', now + length), math.max(length, LEAST_KEPT)
end

-- Replaces an unfinished value by one that a script ends: no payload, but the first line of the envelope, which
-- holds name and times. A malformed one keeps all its bytes.
local function ended_value(code, tag, value, now, tries)
  local header_end = string.find(value, '\n', 1, true)
  local header = header_end and string.sub(value, 1, header_end - 1) or ''
  local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
  local readable, px = kept_until(ttl or '', now)
  local line_end = header_end and code ~= 'm' and string.find(value, '\n', header_end + 1, true)
  local kept = string.sub(value, (header_end or 0) + 1, line_end or -1)
  local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\n' .. kept
  return ended, px
end

local function tries_of(record)
  return record and string.match(record, '^(%d+),') or '0'
end

local function write_value(key, value, px)
  if px then redis.call('SET', key, value, 'PX', px) else redis.call('SET', key, value) end
end

local LARGEST_PUBLISHED = 65536

-- One message per client, however many of its tasks ended in this call. What is stored can be fetched when it is large;
-- what is not must be in the message.
local function add_message(messages, clients, id, value, unstored)
  local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\n' or id .. ';' .. #value .. '\n' .. value
  for client in string.gmatch(clients, '[^,]+') do
    messages[client] = (messages[client] or '') .. part
  end
end

local function write_messages(messages)
  for client, message in pairs(messages) do
    redis.call('PUBLISH', prefix .. 'c:' .. client, message)
  end
end
