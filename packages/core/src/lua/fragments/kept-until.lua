-- How long a finished value is kept: at least a minute, so that late duplicates and waiters find it.
-- ttl as in a header: '' is the default, '-' for ever, else ms. Answers until when it may be read ('' as long as it is
-- there) and when Redis removes it (false for never), which is nothing that tests move. What is no whole number counts
-- as the default: PEXPIREAT would refuse it half way through a call.
local function kept_until(ttl, now)
  local LEAST, DEFAULT, MOST = 60000, 300000, 1e15
  if ttl == '-' then return '', false end
  local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), MOST) or DEFAULT
  local readable = length < LEAST and string.format('%.0f', now + length) or ''
  return readable, string.format('%.0f', now - tonumber(ARGV[1]) + math.max(length, LEAST))
end
