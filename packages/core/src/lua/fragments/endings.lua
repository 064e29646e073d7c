-- Tasks that a script itself ends: gathered while reading, written together.
local function new_endings()
  return { keys = {}, values = {}, px = {}, ids = {}, locks = {}, messages = {}, histories = {} }
end

-- held: tag that held it or ''; record: its tries or false; watchers: clients that wait or false
local function add_ending(endings, id, code, held, value, now, record, watchers)
  local ended, px = ended_value(code, held, value, now, tries_of(record))
  local at = #endings.ids + 1
  endings.ids[at] = id
  endings.keys[at] = task_key(id)
  endings.values[at] = ended
  endings.px[at] = px or false
  if record then endings.histories[#endings.histories + 1] = { history_key(id), px or false } end
  if watchers then add_message(endings.messages, watchers, id, ended) end
end

-- The errors of earlier tries live as long as the result.
local function write_histories(histories)
  for _, history in ipairs(histories) do
    if history[2] then redis.call('PEXPIRE', history[1], history[2]) end
  end
end

local function write_endings(endings, tables)
  for at = 1, #endings.ids do
    write_value(endings.keys[at], endings.values[at], endings.px[at])
  end
  for _, key in ipairs(tables) do write_chunked('HDEL', key, endings.ids) end
  write_histories(endings.histories)
  write_messages(endings.messages)
end
