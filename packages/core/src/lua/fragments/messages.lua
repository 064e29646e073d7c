-- Who waits for results is told of them.

-- One message per client, however many of its tasks ended in this call. What is stored can be fetched when it is large;
-- what is not must be in the message.
local function add_message(messages, clients, id, value, unstored)
  local LARGEST_PUBLISHED = 65536
  local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\n' or id .. ';' .. #value .. '\n' .. value
  for client in string.gmatch(clients, '[^,]+') do
    messages[client] = (messages[client] or '') .. part
  end
end

-- A client whose name begins with `!` listens where the queue is; all others may listen at any node of a Cluster.
local function write_messages(messages)
  local channel = string.sub(KEYS[1], 1, -8) .. 'c:'
  for client, message in pairs(messages) do
    if string.sub(client, 1, 1) == '!' then
      -- pcall: the rules of an earlier version do not allow it, and what ended has been written; the client asks again
      redis.pcall('SPUBLISH', channel .. client, message)
    else
      redis.call('PUBLISH', channel .. client, message)
    end
  end
end
