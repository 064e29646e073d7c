-- What a finished value looks like, and who is told of it.

-- Replaces an unfinished value by one that a script ends: no payload, but the first line of the envelope, which
-- holds name and times. A malformed one keeps all its bytes.
local function ended_value(code, tag, value, now, tries)
  local header_end = string.find(value, '\n', 1, true)
  local header = header_end and string.sub(value, 1, header_end - 1) or ''
  local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
  local readable, removed_at = kept_until(ttl or '', now)
  local line_end = header_end and code ~= 'm' and string.find(value, '\n', header_end + 1, true)
  local kept = string.sub(value, (header_end or 0) + 1, line_end or -1)
  local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\n' .. kept
  return ended, removed_at
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
