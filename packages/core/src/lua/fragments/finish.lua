-- What a finished value looks like that a script makes.

-- Replaces an unfinished value by one that a script ends: no payload, but the first line of the envelope, which
-- holds name and times. A malformed one keeps all its bytes: nobody can say what they mean.
local function ended_value(code, tag, value, now, tries)
  local header_end = string.find(value, '\n', 1, true)
  local header = header_end and string.sub(value, 1, header_end - 1) or ''
  local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
  local readable, removed_at = kept_until(ttl or '', now)
  local line_end = header_end and string.find(value, '\n', header_end + 1, true)
  local kept = code == 'm' and value or string.sub(value, (header_end or 0) + 1, line_end or -1)
  local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\n' .. kept
  return ended, removed_at
end
