-- Tasks that end: gathered while reading, written together.
local function new_endings()
  return { ids = {}, stored = {}, ends = {}, messages = {}, histories = {} }
end

local function add_end(ends, key, removed_at)
  if not removed_at then return end
  ends[#ends + 1] = key
  ends[#ends + 1] = removed_at
end

-- record: its tries or false; the errors of earlier tries live as long as the result
local function add_value(endings, id, value, removed_at, record)
  endings.ids[#endings.ids + 1] = id
  endings.stored[#endings.stored + 1] = task_key(id)
  endings.stored[#endings.stored + 1] = value
  add_end(endings.ends, task_key(id), removed_at)
  if record then add_end(endings.histories, history_key(id), removed_at) end
end

-- By a script. held: tag that held it or ''; watchers: clients that wait or false
local function add_ending(endings, id, code, held, value, now, record, watchers)
  local ended, removed_at = ended_value(code, held, value, now, tries_of(record))
  add_value(endings, id, ended, removed_at, record)
  if watchers then add_message(endings.messages, watchers, id, ended) end
end

local function write_endings(endings, tables)
  write_values(endings.stored)
  write_ends(endings.ends)
  for _, key in ipairs(tables) do write_chunked('HDEL', key, endings.ids) end
  write_ends(endings.histories)
  write_messages(endings.messages)
end
