// Generated from the .lua files by `pnpm lua`; change those and run it again.

/** A script as it is sent, and the name that Redis gives it. */
export interface LuaSource {
  readonly source: string;
  readonly sha1: string;
}

export const luaSources: {
  readonly abort: LuaSource;
  readonly define: LuaSource;
  readonly enqueue: LuaSource;
  readonly fire: LuaSource;
  readonly held: LuaSource;
  readonly join: LuaSource;
  readonly leave: LuaSource;
  readonly read: LuaSource;
  readonly renew: LuaSource;
  readonly step: LuaSource;
  readonly unwatch: LuaSource;
  readonly watch: LuaSource;
} = {
  abort: {
    sha1: 'b1e5ab489cbb74ef17398f84f3a5bb9c089250ea',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local LEAST_KEPT = 60000
local DEFAULT_TTL = 300000
local LONGEST_KEPT = 1e15
local function kept_until(ttl, now)
if ttl == '-' then return '', nil end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), LONGEST_KEPT) or DEFAULT_TTL
return string.format('%.0f', now + length), math.max(length, LEAST_KEPT)
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, px = kept_until(ttl or '', now)
local line_end = header_end and code ~= 'm' and string.find(value, '\\n', header_end + 1, true)
local kept = string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, px
end
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function write_value(key, value, px)
if px then redis.call('SET', key, value, 'PX', px) else redis.call('SET', key, value) end
end
local LARGEST_PUBLISHED = 65536
local function add_message(messages, clients, id, value, unstored)
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
for client, message in pairs(messages) do
redis.call('PUBLISH', prefix .. 'c:' .. client, message)
end
end
local function new_endings()
return { keys = {}, values = {}, px = {}, ids = {}, locks = {}, messages = {}, histories = {} }
end
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
local id, not_after = ARGV[2], tonumber(ARGV[3])
local now = read_now()
if now > not_after then return { now, 'late' } end
local value = redis.call('GET', KEYS[2])
if not value then return { now, 'missing' } end
local byte = string.sub(value, 1, 1)
if byte == 'a' then return { now, 'aborted' } end
if not string.find('qdwg', byte, 1, true) then return { now, 'finished' } end
local tag = redis.call('HGET', KEYS[1], id)
if redis.call('HGET', KEYS[3], id) and tag then return { now, 'asked' } end
local inbox = tag and inbox_key((string.match(tag, '^(.*)|')))
if inbox then redis.call('LLEN', inbox) end
local endings = new_endings()
if not tag then
local record = redis.call('HGET', KEYS[5], id)
redis.call('ZSCORE', KEYS[4], id)
if record then redis.call('LLEN', history_key(id)) end
add_ending(endings, id, 'a', '', value, now, record, redis.call('HGET', KEYS[6], id))
end
if tag then
redis.call('HDEL', KEYS[3], '')
redis.call('HSET', KEYS[3], id, now)
redis.call('RPUSH', inbox, 'abort ' .. id)
redis.call('PEXPIRE', inbox, 3600000)
return { now, 'asked' }
end
redis.call('ZREM', KEYS[4], id)
write_endings(endings, { KEYS[3], KEYS[5], KEYS[6] })
return { now, 'aborted' }`,
  },
  define: {
    sha1: '1cd79a552a37044eb00df1db78cd5b1875f8d27a',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local UNASSERTED, FORGOTTEN = 3600000, 400 * 86400000
local worker, started, name, hash, definition, slot = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local function parse(entry)
local known_hash, known_started, owner, asserted = string.match(entry, '^([^\\n]*)\\n(%d+)\\n([^\\n]*)\\n(%d+)\\n')
return { hash = known_hash, started = tonumber(known_started), owner = owner, asserted = tonumber(asserted) }
end
local now = read_now()
local stale, forgotten, known = {}, {}, nil
local entries = redis.call('HGETALL', KEYS[2])
for at = 1, #entries, 2 do
local entry = parse(entries[at + 1])
if entries[at] == name then
known = entry
elseif not entry.asserted or now - entry.asserted > UNASSERTED then
stale[#stale + 1] = entries[at]
end
end
local fired = redis.call('HGETALL', KEYS[4])
local last = 0
for at = 1, #fired, 2 do
if fired[at] == name then last = tonumber(fired[at + 1]) end
if now - tonumber(fired[at + 1]) > FORGOTTEN then forgotten[#forgotten + 1] = fired[at] end
end
local due = tonumber(redis.call('ZSCORE', KEYS[3], name) or 0)
local same = known and known.hash == hash
local owner_lives = known and known.owner and redis.call('ZSCORE', KEYS[5], known.owner)
if known and not same and owner_lives and known.started and known.started >= started and known.owner ~= worker then
return { now, 'superseded', due }
end
local kept = same and due > last
local next_slot = kept and due or slot
if next_slot <= last then return { now, 'superseded', due } end
local owner_started = same and owner_lives and known.started > started and known.started or started
local owner = owner_started ~= started and known.owner or worker
redis.call('HSET', KEYS[2], name, hash .. '\\n' .. owner_started .. '\\n' .. owner .. '\\n' .. now .. '\\n' .. definition)
redis.call('ZADD', KEYS[3], next_slot, name)
write_chunked('HDEL', KEYS[2], stale)
write_chunked('ZREM', KEYS[3], stale)
write_chunked('HDEL', KEYS[4], forgotten)
return { now, kept and 'kept' or 'defined', next_slot }`,
  },
  enqueue: {
    sha1: '659870bbe1a4a7a4a4e8eeda85a39637f7be0804',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local KEYS_BEFORE, WIDTH, MOST = 4, 4, 500
local not_after, count = tonumber(ARGV[2]), tonumber(ARGV[3])
if count > MOST then return redis.error_reply('ERR enqueue takes at most ' .. MOST .. ' tasks, got ' .. count) end
local function due_at(start, now)
if start == '' then return nil end
local at = tonumber(string.sub(start, 2))
if string.sub(start, 1, 1) == '+' then at = now + at end
return at > now and at or nil
end
local function parse_items(now)
local items = {}
for at = 1, count do
local base = 3 + (at - 1) * WIDTH
local item = {
id = ARGV[base + 1], value = ARGV[base + 2], nonce = ARGV[base + 3], key = KEYS[KEYS_BEFORE + at],
due = due_at(ARGV[base + 4], now),
}
local state = item.due and 'd' or 'q'
if string.sub(item.value, 1, 1) ~= state then item.value = state .. string.sub(item.value, 2) end
items[at] = item
end
return items
end
local function verdict(item, stored)
local nonce = string.match(stored, '^[^;\\n]*;[^;\\n]*;([^;\\n]*)')
return (item.nonce == '' or item.nonce == nonce) and 'created' or 'duplicate'
end
local function write_waiting(items)
local ready, due = {}, {}
for _, item in ipairs(items) do
if item.due then
due[#due + 1] = item.due
due[#due + 1] = item.id
else
ready[#ready + 1] = item.id
end
end
write_chunked('LPUSH', KEYS[2], ready)
write_chunked('ZADD', KEYS[4], due)
return #ready > 0
end
local now = read_now()
if now > not_after then return { now, 'late' } end
if count == 0 then return { now, 'created' } end
local items = parse_items(now)
local earliest
for _, item in ipairs(items) do
if item.due and (not earliest or item.due < earliest) then earliest = item.due end
end
redis.call('LLEN', KEYS[2])
local quiet = redis.call('LLEN', KEYS[3]) == 0
local head = earliest and redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
local pairs_of, seen, repeated = {}, {}, false
for at, item in ipairs(items) do
repeated = repeated or seen[item.key]
seen[item.key] = true
pairs_of[2 * at - 1] = item.key
pairs_of[2 * at] = item.value
end
local created, replies = items, nil
if repeated or not write_all_new(pairs_of) then
created, replies = {}, { now, 'mixed' }
for _, item in ipairs(items) do
local fresh = redis.call('SET', item.key, item.value, 'NX')
local reply = 'created'
if fresh then
created[#created + 1] = item
else
local stored = redis.pcall('GET', item.key)
reply = type(stored) == 'string' and verdict(item, stored) or 'wrong-type'
end
replies[#replies + 1] = reply
end
end
local claimable = write_waiting(created)
local sooner = #created > 0 and earliest and (not head or earliest < tonumber(head))
if quiet and (claimable or sooner) then redis.call('LPUSH', KEYS[3], '1') end
return replies or { now, 'created' }`,
  },
  fire: {
    sha1: '5f1622a11fd0435d4c41fd367a25307793af77ec',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local name, hash, due_slot, slot, next_slot = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local id, value, exclusive = ARGV[7], ARGV[8], ARGV[9] == '1'
local now = read_now()
local entry = redis.call('HGET', KEYS[2], name)
local due = tonumber(redis.call('ZSCORE', KEYS[3], name) or -1)
local last = tonumber(redis.call('HGET', KEYS[4], name) or 0)
if not entry or string.match(entry, '^([^\\n]*)\\n') ~= hash then return { now, 'stale', due } end
if due ~= due_slot then return { now, due_slot <= last and 'already' or 'stale', due } end
if due_slot > now or slot and slot > now then return { now, 'early', due } end
local before = last > 0 and redis.call('GETRANGE', task_key('cron:' .. name .. ':' .. last), 0, 0) or ''
local busy = exclusive and before ~= '' and string.find('qdwg', before, 1, true)
local known = redis.call('EXISTS', KEYS[5]) == 1
redis.call('LLEN', KEYS[6])
local quiet = redis.call('LLEN', KEYS[7]) == 0
local fires = slot and slot > last and not busy and not known
redis.call('ZREM', KEYS[3], '')
redis.call('ZADD', KEYS[3], next_slot, name)
if fires then
redis.call('HSET', KEYS[4], name, slot)
redis.call('SET', KEYS[5], value)
redis.call('LPUSH', KEYS[6], id)
if quiet then redis.call('LPUSH', KEYS[7], '1') end
end
return { now, fires and 'fired' or 'skipped', next_slot }`,
  },
  held: {
    sha1: 'a49c3d19dfc03b6542c67c7f149be2c3cf9cdf26',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local function read_holdings(running, worker)
local flat = redis.call('HGETALL', claims_key(worker))
local numbers, ids_of = {}, {}
for at = 1, #flat, 2 do
local number = tonumber(flat[at])
if number then
numbers[#numbers + 1] = number
ids_of[number] = flat[at + 1]
end
end
table.sort(numbers)
local ids, tags = {}, {}
for _, number in ipairs(numbers) do
for id in string.gmatch(ids_of[number], '%S+') do
ids[#ids + 1] = id
tags[#tags + 1] = worker .. '|' .. number
end
end
local found = read_fields(running, ids)
local held = {}
for at = 1, #ids do
if found[at] == tags[at] then held[#held + 1] = { id = ids[at], tag = tags[at] } end
end
return held
end
local worker = ARGV[2]
local now = read_now()
if not redis.call('ZSCORE', KEYS[3], worker) then return { now, 'lapsed' } end
local flat = {}
for _, item in ipairs(read_holdings(KEYS[1], worker)) do
flat[#flat + 1] = item.id
flat[#flat + 1] = item.tag
end
return { now, 'held', flat }`,
  },
  join: {
    sha1: 'd4bc5e0576231e266f81de2d231641d10a1675a2',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local worker, lease, version = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
local now = read_now()
local protocol = tonumber(redis.call('HGET', KEYS[3], 'protocol') or version)
if protocol > version then return { now, 'incompatible', protocol } end
redis.call('ZREM', KEYS[2], '')
redis.call('HSET', KEYS[3], 'protocol', version)
redis.call('ZADD', KEYS[2], now + lease, worker)
redis.call('SET', KEYS[4], ARGV[4], 'PX', 86400000)
return { now, 'joined' }`,
  },
  leave: {
    sha1: '10f321e3a3c6cf282bed229b3710c96651d75729',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local function read_holdings(running, worker)
local flat = redis.call('HGETALL', claims_key(worker))
local numbers, ids_of = {}, {}
for at = 1, #flat, 2 do
local number = tonumber(flat[at])
if number then
numbers[#numbers + 1] = number
ids_of[number] = flat[at + 1]
end
end
table.sort(numbers)
local ids, tags = {}, {}
for _, number in ipairs(numbers) do
for id in string.gmatch(ids_of[number], '%S+') do
ids[#ids + 1] = id
tags[#tags + 1] = worker .. '|' .. number
end
end
local found = read_fields(running, ids)
local held = {}
for at = 1, #ids do
if found[at] == tags[at] then held[#held + 1] = { id = ids[at], tag = tags[at] } end
end
return held
end
local worker, LIMIT = ARGV[2], 200
local function read_locks(unique, owner)
local flat, locks = redis.call('HGETALL', unique), {}
for at = 1, #flat, 2 do
if string.match(flat[at + 1], '^[^,]*,([^|]*)|') == owner then locks[#locks + 1] = flat[at] end
end
return locks
end
local now = read_now()
local held, gone = read_holdings(KEYS[1], worker), {}
for at = math.max(1, #held - LIMIT + 1), #held do gone[#gone + 1] = held[at].id end
local records, back, suspects = read_fields(KEYS[9], gone), {}, {}
for at = #gone, 1, -1 do
local crashes = records[at] and tonumber(string.match(records[at], '^%d+,%d+,(%d+)')) or 0
local list = crashes >= 2 and suspects or back
list[#list + 1] = gone[at]
end
redis.call('LLEN', KEYS[6])
redis.call('LLEN', KEYS[8])
redis.call('EXISTS', KEYS[4], KEYS[5])
redis.call('ZCARD', KEYS[3])
redis.call('ZCARD', KEYS[10])
local quiet = redis.call('LLEN', KEYS[7]) == 0
local locks = read_locks(KEYS[11], worker)
redis.call('ZREM', KEYS[3], '')
write_chunked('HDEL', KEYS[1], gone)
write_chunked('RPUSH', KEYS[6], back)
write_chunked('RPUSH', KEYS[8], suspects)
if #gone > 0 and quiet then redis.call('LPUSH', KEYS[7], '1') end
if #held > LIMIT then return { now, 'more' } end
redis.call('ZREM', KEYS[3], worker)
redis.call('ZREM', KEYS[10], worker)
redis.call('DEL', KEYS[2], KEYS[4], KEYS[5])
write_chunked('HDEL', KEYS[11], locks)
return { now, 'left' }`,
  },
  read: {
    sha1: '3358abea322c58e889a6b4c5c5ba26fb3d4ceb89',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local ids, keys = {}, {}
for at = 1, tonumber(ARGV[2]) do
ids[at] = ARGV[2 + at]
keys[at] = KEYS[3 + at]
end
local now = read_now()
local values, tags, records = read_values(keys), read_fields(KEYS[1], ids), read_fields(KEYS[3], ids)
local reply = { now }
for at, value in ipairs(values) do
local due = value and string.byte(value) == 100 and redis.call('ZSCORE', KEYS[2], ids[at])
local errors = value and redis.call('LRANGE', history_key(ids[at]), 0, -1)
reply[at + 1] = value and { value, tags[at] or '', due or '', records[at] or '', errors } or 0
end
return reply`,
  },
  renew: {
    sha1: '4c92a07aff17a817ad4feb883bcc0b9119d964e9',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local LEAST_KEPT = 60000
local DEFAULT_TTL = 300000
local LONGEST_KEPT = 1e15
local function kept_until(ttl, now)
if ttl == '-' then return '', nil end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), LONGEST_KEPT) or DEFAULT_TTL
return string.format('%.0f', now + length), math.max(length, LEAST_KEPT)
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, px = kept_until(ttl or '', now)
local line_end = header_end and code ~= 'm' and string.find(value, '\\n', header_end + 1, true)
local kept = string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, px
end
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function write_value(key, value, px)
if px then redis.call('SET', key, value, 'PX', px) else redis.call('SET', key, value) end
end
local LARGEST_PUBLISHED = 65536
local function add_message(messages, clients, id, value, unstored)
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
for client, message in pairs(messages) do
redis.call('PUBLISH', prefix .. 'c:' .. client, message)
end
end
local function new_endings()
return { keys = {}, values = {}, px = {}, ids = {}, locks = {}, messages = {}, histories = {} }
end
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
local function read_holdings(running, worker)
local flat = redis.call('HGETALL', claims_key(worker))
local numbers, ids_of = {}, {}
for at = 1, #flat, 2 do
local number = tonumber(flat[at])
if number then
numbers[#numbers + 1] = number
ids_of[number] = flat[at + 1]
end
end
table.sort(numbers)
local ids, tags = {}, {}
for _, number in ipairs(numbers) do
for id in string.gmatch(ids_of[number], '%S+') do
ids[#ids + 1] = id
tags[#tags + 1] = worker .. '|' .. number
end
end
local found = read_fields(running, ids)
local held = {}
for at = 1, #ids do
if found[at] == tags[at] then held[#held + 1] = { id = ids[at], tag = tags[at] } end
end
return held
end
local BUDGET = 200
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function read_promotions(due, now)
local ids = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, BUDGET)
local promoted, keys = {}, {}
for _, id in ipairs(ids) do
local key = task_key(id)
if redis.pcall('GETRANGE', key, 0, 0) == 'd' then
promoted[#promoted + 1] = id
keys[#keys + 1] = key
end
end
return { listed = ids, ids = promoted, keys = keys }
end
local function read_guard(meta, workers, lease, now)
local stored = redis.call('HMGET', meta, 'swept', 'notBefore')
local swept, not_before = tonumber(stored[1] or now), tonumber(stored[2] or 0)
local gap = now - swept
local guard = { not_before = not_before, clamped = {} }
if gap > lease * 2 / 3 then guard.not_before = math.max(not_before, now + math.min(gap, lease)) end
if gap < -1000 then
guard.not_before = now + lease
local ahead = redis.call('ZRANGEBYSCORE', workers, '(' .. (now + lease), '+inf', 'LIMIT', 0, BUDGET)
for _, worker in ipairs(ahead) do
guard.clamped[#guard.clamped + 1] = now + lease
guard.clamped[#guard.clamped + 1] = worker
end
end
return guard
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function blame(held, records)
local blamed = false
for at, item in ipairs(held) do
item.record = records[at] or false
item.crashes = crashes_of(item.record)
blamed = blamed or item.crashes > 0
end
local ordered = {}
for _, item in ipairs(held) do if item.crashes == 0 then ordered[#ordered + 1] = item end end
for _, item in ipairs(held) do if item.crashes > 0 then ordered[#ordered + 1] = item end end
for _, item in ipairs(ordered) do
if not blamed or item.crashes > 0 then item.crashes = item.crashes + 1 end
end
return ordered
end
local function reclaimed_record(item)
local tries, attempts, first = string.match(item.record or '0,0,0,,', '^(%d+),(%d+),%d+,(%d*)')
return tries .. ',' .. (attempts + 1) .. ',' .. item.crashes .. ',' .. first .. ','
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function read_lapsed(k, now)
for _, worker in ipairs(redis.call('ZRANGE', k.dead, 0, 1)) do
if worker ~= k.caller then return worker, false end
end
for _, worker in ipairs(redis.call('ZRANGEBYSCORE', k.workers, '-inf', now, 'LIMIT', 0, 2)) do
if worker ~= k.caller then return worker, true end
end
return nil, false
end
local function plan_reclaimed(plan, item, value, aborted, watchers, now)
local code = aborted and 'a' or item.crashes >= CRASHES_UNTIL_ENDED and 'c'
if code then
add_ending(plan.endings, item.id, code, item.tag, value, now, item.record, watchers)
return
end
plan.records[#plan.records + 1] = item.id
plan.records[#plan.records + 1] = reclaimed_record(item)
local list = item.crashes >= CRASHES_UNTIL_SUSPECT and plan.suspects or plan.back
list[#list + 1] = item.id
end
local function read_reclaimed_lock(k, item, value)
local lock = lock_of(value)
return lock ~= '' and redis.call('HGET', k.unique, lock) == item.id .. ',' .. item.tag and lock
end
local function read_blamed(k, worker)
local held, ids = read_holdings(k.running, worker), {}
for at, item in ipairs(held) do ids[at] = item.id end
return blame(held, read_fields(k.tries, ids))
end
local function read_reclaim(k, now, limit)
local worker, newly = read_lapsed(k, now)
if not worker then return nil end
redis.call('EXISTS', inbox_key(worker), worker_key(worker))
local held = read_blamed(k, worker)
local plan = {
worker = worker, newly = newly, emptied = #held <= limit, endings = new_endings(), back = {}, suspects = {},
records = {}, locks = {}, gone = {}, dropped = {},
}
local keys = {}
for at = 1, math.min(#held, limit) do
plan.gone[at] = held[at].id
keys[at] = task_key(held[at].id)
end
local values, aborts, watchers = read_values(keys), read_fields(k.aborts, plan.gone), read_fields(k.watch, plan.gone)
for at = 1, #plan.gone do
local item, value = held[at], values[at]
if value then
if item.record then redis.call('LLEN', history_key(item.id)) end
plan.locks[#plan.locks + 1] = read_reclaimed_lock(k, item, value) or nil
plan_reclaimed(plan, item, value, aborts[at], watchers[at], now)
else
plan.dropped[#plan.dropped + 1] = item.id
end
end
return plan
end
local function read_tend(k, lease, now)
local tend = { promotions = read_promotions(k.due, now), guard = read_guard(k.meta, k.workers, lease, now) }
redis.call('LLEN', k.ready)
redis.call('LLEN', k.suspects)
local left = BUDGET - #tend.promotions.listed
if left > 0 and now >= tend.guard.not_before then tend.reclaim = read_reclaim(k, now, left) end
tend.again = left <= 0 or (tend.reclaim ~= nil)
return tend
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
end
local function write_reclaim(k, plan, now)
if plan.newly then
redis.call('ZREM', k.workers, plan.worker)
redis.call('ZADD', k.dead, now, plan.worker)
end
write_chunked('HDEL', k.running, plan.gone)
write_chunked('HDEL', k.unique, plan.locks)
write_chunked('HSET', k.tries, plan.records)
write_chunked('RPUSH', k.ready, reversed(plan.back))
write_chunked('LPUSH', k.suspects, plan.suspects)
write_endings(plan.endings, { k.tries, k.aborts, k.watch })
for _, key in ipairs({ k.tries, k.aborts, k.watch }) do write_chunked('HDEL', key, plan.dropped) end
if plan.emptied then
redis.call('DEL', claims_key(plan.worker), inbox_key(plan.worker), worker_key(plan.worker))
redis.call('ZREM', k.dead, plan.worker)
end
end
local function write_tend(k, tend, now)
redis.call('HSET', k.meta, 'swept', now, 'notBefore', tend.guard.not_before)
write_chunked('ZADD', k.workers, tend.guard.clamped)
write_chunked('ZREM', k.due, tend.promotions.listed)
for _, key in ipairs(tend.promotions.keys) do redis.call('SETRANGE', key, 0, 'q') end
write_chunked('LPUSH', k.ready, tend.promotions.ids)
if tend.reclaim then write_reclaim(k, tend.reclaim, now) end
return #tend.promotions.ids > 0 or tend.reclaim and #tend.reclaim.back + #tend.reclaim.suspects > 0
end
local k = {
running = KEYS[1], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6], due = KEYS[7],
tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12], meta = KEYS[13],
caller = ARGV[2],
}
local worker, lease = ARGV[2], tonumber(ARGV[3])
local now = read_now()
if not redis.call('ZSCORE', k.workers, worker) then return { now, 'lapsed' } end
local asked, mine = redis.call('HKEYS', k.aborts), {}
for at, tag in ipairs(read_fields(k.running, asked)) do
if tag and string.find(tag, worker .. '|', 1, true) == 1 then mine[#mine + 1] = asked[at] end
end
local tend = read_tend(k, lease, now)
local quiet = redis.call('LLEN', k.bell) == 0
redis.call('ZREM', k.workers, '')
redis.call('ZADD', k.workers, now + lease, worker)
redis.call('PEXPIRE', KEYS[2], 86400000)
if write_tend(k, tend, now) and quiet then redis.call('LPUSH', k.bell, '1') end
return { now, 'renewed', mine }`,
  },
  step: {
    sha1: 'c12c01b8d8a5e607328c7c7398763be181b1bab1',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local LEAST_KEPT = 60000
local DEFAULT_TTL = 300000
local LONGEST_KEPT = 1e15
local function kept_until(ttl, now)
if ttl == '-' then return '', nil end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), LONGEST_KEPT) or DEFAULT_TTL
return string.format('%.0f', now + length), math.max(length, LEAST_KEPT)
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, px = kept_until(ttl or '', now)
local line_end = header_end and code ~= 'm' and string.find(value, '\\n', header_end + 1, true)
local kept = string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, px
end
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function write_value(key, value, px)
if px then redis.call('SET', key, value, 'PX', px) else redis.call('SET', key, value) end
end
local LARGEST_PUBLISHED = 65536
local function add_message(messages, clients, id, value, unstored)
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
for client, message in pairs(messages) do
redis.call('PUBLISH', prefix .. 'c:' .. client, message)
end
end
local function new_endings()
return { keys = {}, values = {}, px = {}, ids = {}, locks = {}, messages = {}, histories = {} }
end
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
local function read_holdings(running, worker)
local flat = redis.call('HGETALL', claims_key(worker))
local numbers, ids_of = {}, {}
for at = 1, #flat, 2 do
local number = tonumber(flat[at])
if number then
numbers[#numbers + 1] = number
ids_of[number] = flat[at + 1]
end
end
table.sort(numbers)
local ids, tags = {}, {}
for _, number in ipairs(numbers) do
for id in string.gmatch(ids_of[number], '%S+') do
ids[#ids + 1] = id
tags[#tags + 1] = worker .. '|' .. number
end
end
local found = read_fields(running, ids)
local held = {}
for at = 1, #ids do
if found[at] == tags[at] then held[#held + 1] = { id = ids[at], tag = tags[at] } end
end
return held
end
local BUDGET = 200
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function read_promotions(due, now)
local ids = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, BUDGET)
local promoted, keys = {}, {}
for _, id in ipairs(ids) do
local key = task_key(id)
if redis.pcall('GETRANGE', key, 0, 0) == 'd' then
promoted[#promoted + 1] = id
keys[#keys + 1] = key
end
end
return { listed = ids, ids = promoted, keys = keys }
end
local function read_guard(meta, workers, lease, now)
local stored = redis.call('HMGET', meta, 'swept', 'notBefore')
local swept, not_before = tonumber(stored[1] or now), tonumber(stored[2] or 0)
local gap = now - swept
local guard = { not_before = not_before, clamped = {} }
if gap > lease * 2 / 3 then guard.not_before = math.max(not_before, now + math.min(gap, lease)) end
if gap < -1000 then
guard.not_before = now + lease
local ahead = redis.call('ZRANGEBYSCORE', workers, '(' .. (now + lease), '+inf', 'LIMIT', 0, BUDGET)
for _, worker in ipairs(ahead) do
guard.clamped[#guard.clamped + 1] = now + lease
guard.clamped[#guard.clamped + 1] = worker
end
end
return guard
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function blame(held, records)
local blamed = false
for at, item in ipairs(held) do
item.record = records[at] or false
item.crashes = crashes_of(item.record)
blamed = blamed or item.crashes > 0
end
local ordered = {}
for _, item in ipairs(held) do if item.crashes == 0 then ordered[#ordered + 1] = item end end
for _, item in ipairs(held) do if item.crashes > 0 then ordered[#ordered + 1] = item end end
for _, item in ipairs(ordered) do
if not blamed or item.crashes > 0 then item.crashes = item.crashes + 1 end
end
return ordered
end
local function reclaimed_record(item)
local tries, attempts, first = string.match(item.record or '0,0,0,,', '^(%d+),(%d+),%d+,(%d*)')
return tries .. ',' .. (attempts + 1) .. ',' .. item.crashes .. ',' .. first .. ','
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function read_lapsed(k, now)
for _, worker in ipairs(redis.call('ZRANGE', k.dead, 0, 1)) do
if worker ~= k.caller then return worker, false end
end
for _, worker in ipairs(redis.call('ZRANGEBYSCORE', k.workers, '-inf', now, 'LIMIT', 0, 2)) do
if worker ~= k.caller then return worker, true end
end
return nil, false
end
local function plan_reclaimed(plan, item, value, aborted, watchers, now)
local code = aborted and 'a' or item.crashes >= CRASHES_UNTIL_ENDED and 'c'
if code then
add_ending(plan.endings, item.id, code, item.tag, value, now, item.record, watchers)
return
end
plan.records[#plan.records + 1] = item.id
plan.records[#plan.records + 1] = reclaimed_record(item)
local list = item.crashes >= CRASHES_UNTIL_SUSPECT and plan.suspects or plan.back
list[#list + 1] = item.id
end
local function read_reclaimed_lock(k, item, value)
local lock = lock_of(value)
return lock ~= '' and redis.call('HGET', k.unique, lock) == item.id .. ',' .. item.tag and lock
end
local function read_blamed(k, worker)
local held, ids = read_holdings(k.running, worker), {}
for at, item in ipairs(held) do ids[at] = item.id end
return blame(held, read_fields(k.tries, ids))
end
local function read_reclaim(k, now, limit)
local worker, newly = read_lapsed(k, now)
if not worker then return nil end
redis.call('EXISTS', inbox_key(worker), worker_key(worker))
local held = read_blamed(k, worker)
local plan = {
worker = worker, newly = newly, emptied = #held <= limit, endings = new_endings(), back = {}, suspects = {},
records = {}, locks = {}, gone = {}, dropped = {},
}
local keys = {}
for at = 1, math.min(#held, limit) do
plan.gone[at] = held[at].id
keys[at] = task_key(held[at].id)
end
local values, aborts, watchers = read_values(keys), read_fields(k.aborts, plan.gone), read_fields(k.watch, plan.gone)
for at = 1, #plan.gone do
local item, value = held[at], values[at]
if value then
if item.record then redis.call('LLEN', history_key(item.id)) end
plan.locks[#plan.locks + 1] = read_reclaimed_lock(k, item, value) or nil
plan_reclaimed(plan, item, value, aborts[at], watchers[at], now)
else
plan.dropped[#plan.dropped + 1] = item.id
end
end
return plan
end
local function read_tend(k, lease, now)
local tend = { promotions = read_promotions(k.due, now), guard = read_guard(k.meta, k.workers, lease, now) }
redis.call('LLEN', k.ready)
redis.call('LLEN', k.suspects)
local left = BUDGET - #tend.promotions.listed
if left > 0 and now >= tend.guard.not_before then tend.reclaim = read_reclaim(k, now, left) end
tend.again = left <= 0 or (tend.reclaim ~= nil)
return tend
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
end
local function write_reclaim(k, plan, now)
if plan.newly then
redis.call('ZREM', k.workers, plan.worker)
redis.call('ZADD', k.dead, now, plan.worker)
end
write_chunked('HDEL', k.running, plan.gone)
write_chunked('HDEL', k.unique, plan.locks)
write_chunked('HSET', k.tries, plan.records)
write_chunked('RPUSH', k.ready, reversed(plan.back))
write_chunked('LPUSH', k.suspects, plan.suspects)
write_endings(plan.endings, { k.tries, k.aborts, k.watch })
for _, key in ipairs({ k.tries, k.aborts, k.watch }) do write_chunked('HDEL', key, plan.dropped) end
if plan.emptied then
redis.call('DEL', claims_key(plan.worker), inbox_key(plan.worker), worker_key(plan.worker))
redis.call('ZREM', k.dead, plan.worker)
end
end
local function write_tend(k, tend, now)
redis.call('HSET', k.meta, 'swept', now, 'notBefore', tend.guard.not_before)
write_chunked('ZADD', k.workers, tend.guard.clamped)
write_chunked('ZREM', k.due, tend.promotions.listed)
for _, key in ipairs(tend.promotions.keys) do redis.call('SETRANGE', key, 0, 'q') end
write_chunked('LPUSH', k.ready, tend.promotions.ids)
if tend.reclaim then write_reclaim(k, tend.reclaim, now) end
return #tend.promotions.ids > 0 or tend.reclaim and #tend.reclaim.back + #tend.reclaim.suspects > 0
end
local function parse_settles(first, count, key_offset)
local items = {}
for at = 1, count do
local base = first + (at - 1) * 7
items[at] = {
id = ARGV[base], tag = ARGV[2] .. '|' .. ARGV[base + 1], code = ARGV[base + 2],
a = ARGV[base + 3], b = ARGV[base + 4], lock = ARGV[base + 5], body = ARGV[base + 6],
key = KEYS[key_offset + at],
}
if string.sub(items[at].lock, 1, 1) == '!' then
items[at].lock, items[at].keep = string.sub(items[at].lock, 2), true
end
end
return items
end
local function started_by(record, tag)
return record and string.sub(record, -#tag - 1) == ',' .. tag
end
local function refusal(item, value, record)
if item.code == 'release' or started_by(record, item.tag) then return 'already' end
local code, tag = string.match(value or '', '^([^;]*);([^;]*);')
if tag == item.tag then return code == 'a' and item.code ~= 'abort' and 'aborted' or 'already' end
return code == 'a' and 'aborted' or 'lost'
end
local function start_at(start, now)
local at = tonumber(string.sub(start, 2))
return string.sub(start, 1, 1) == '+' and now + at or at
end
local function plan_retry(plan, item, now)
local at = start_at(item.a, now)
plan.records[#plan.records + 1] = item.id
plan.records[#plan.records + 1] = item.b .. ',' .. item.tag
plan.errors[#plan.errors + 1] = { history_key(item.id), item.body }
if at <= now then
plan.pushed[#plan.pushed + 1] = item.id
else
plan.delayed[#plan.delayed + 1] = item.key
plan.due[#plan.due + 1] = at
plan.due[#plan.due + 1] = item.id
end
end
local function plan_unknown(plan, item, value, now, watchers)
local head, first = string.match(item.b, '^(%d+,%d+,%d+),(%d*)$')
first = first == '' and now or tonumber(first)
if now - first > tonumber(item.body) then
add_ending(plan.endings, item.id, 'r', item.tag, value, now, item.b, watchers)
return
end
plan.records[#plan.records + 1] = item.id
plan.records[#plan.records + 1] = head .. ',' .. first .. ',' .. item.tag
plan.delayed[#plan.delayed + 1] = item.key
plan.due[#plan.due + 1] = now + tonumber(item.a)
plan.due[#plan.due + 1] = item.id
end
local function plan_release(plan, item, suspect)
if item.b ~= '' then
plan.records[#plan.records + 1] = item.id
plan.records[#plan.records + 1] = item.b .. ',' .. item.tag
end
local list = suspect and plan.suspects or plan.back
list[#list + 1] = item.id
end
local function plan_result(plan, item, now, watchers, record)
local readable, px = kept_until(item.a, now)
local header = item.code .. ';' .. item.tag .. ';' .. item.b .. ';' .. readable .. ';' .. now .. ';;\\n'
local value = header .. item.body
if watchers then add_message(plan.endings.messages, watchers, item.id, value, item.a == '0') end
if record then plan.endings.histories[#plan.endings.histories + 1] = { history_key(item.id), px or false } end
local at = #plan.endings.ids + 1
plan.endings.ids[at] = item.id
plan.endings.keys[at] = item.key
plan.endings.values[at] = item.a == '0' and header or value
plan.endings.px[at] = px or false
end
local ENDS_HERE = { abort = 'a', malformed = 'm' }
local function new_settle_plan()
return {
verdicts = {}, gone = {}, endings = new_endings(), records = {}, errors = {}, pushed = {}, delayed = {}, due = {},
back = {}, suspects = {}, dropped = {}, unlocked = {}, kept = {}, freed = {}, held = {}, accepted = {},
}
end
local function read_lock(plan, k, item, now)
local owner = item.id .. ',' .. item.tag
local entry = redis.call('HGET', k.unique, item.lock)
if entry == owner and item.keep then
plan.kept[#plan.kept + 1] = item.lock
plan.kept[#plan.kept + 1] = owner .. ',' .. now
plan.held[item.lock] = true
elseif entry == owner or item.code == 'unlock' and entry and string.sub(entry, 1, #owner + 1) == owner .. ',' then
plan.unlocked[#plan.unlocked + 1] = item.lock
plan.freed[item.lock] = true
end
end
local function add_verdict(plan, at, verdict)
plan.verdicts[#plan.verdicts + 1] = at - 1
plan.verdicts[#plan.verdicts + 1] = verdict
end
local function read_other_outcome(plan, k, item, at, facts, now)
local value = redis.call('MGET', item.key)[1]
if not value then
plan.dropped[#plan.dropped + 1] = item.id
return
end
if item.lock == '' and string.byte(value, 2) ~= 59 then
item.lock = lock_of(value)
if item.lock ~= '' then read_lock(plan, k, item, now) end
end
local code = ENDS_HERE[item.code] or facts.aborted and 'a'
if code then
add_ending(plan.endings, item.id, code, item.tag, value, now, item.b ~= '' and item.b or facts.record, facts.watchers)
if code ~= ENDS_HERE[item.code] then add_verdict(plan, at, 'aborted') end
elseif item.code == 'retry' then
plan_retry(plan, item, now)
elseif item.code == 'unknown' then
plan_unknown(plan, item, value, now, facts.watchers)
elseif item.code == 'release' then
plan_release(plan, item, crashes_of(facts.record) >= CRASHES_UNTIL_SUSPECT)
end
end
local function read_owned(plan, k, item, at, facts, now)
plan.accepted[item.id] = true
plan.gone[#plan.gone + 1] = item.id
local is_result = item.code == '+' or item.code == '-'
if facts.record or not is_result and item.b ~= '' then redis.call('LLEN', history_key(item.id)) end
if is_result then
plan_result(plan, item, now, facts.watchers, facts.record)
else
read_other_outcome(plan, k, item, at, facts, now)
end
end
local function read_sparse(k, ids)
if redis.call('EXISTS', k.tries, k.aborts, k.watch, k.suspects) == 0 then return nil end
redis.call('LLEN', k.suspects)
return { records = read_fields(k.tries, ids), aborts = read_fields(k.aborts, ids), watchers = read_fields(k.watch, ids) }
end
local function read_items(plan, k, items, tags, now)
local none = {}
local sparse = plan.sparse or { records = none, aborts = none, watchers = none }
for at, item in ipairs(items) do
local facts = { record = sparse.records[at], aborted = sparse.aborts[at], watchers = sparse.watchers[at] }
if item.lock ~= '' then read_lock(plan, k, item, now) end
if item.code ~= 'unlock' then
if plan.accepted[item.id] then
add_verdict(plan, at, 'already')
elseif tags[at] ~= item.tag then
add_verdict(plan, at, refusal(item, redis.call('MGET', item.key)[1], facts.record))
else
read_owned(plan, k, item, at, facts, now)
end
end
end
end
local function read_settle(k, items, now)
local plan = new_settle_plan()
if #items == 0 then return plan end
local ids = {}
for at, item in ipairs(items) do ids[at] = item.id end
local tags = read_fields(k.running, ids)
plan.sparse = read_sparse(k, ids)
read_items(plan, k, items, tags, now)
if #plan.due > 0 then redis.call('ZCARD', k.due) end
if #plan.pushed + #plan.back > 0 then redis.call('LLEN', k.ready) end
return plan
end
local function write_locks(k, plan)
write_chunked('HDEL', k.unique, plan.unlocked)
write_chunked('HSET', k.unique, plan.kept)
end
local function write_settle(k, plan)
if #plan.gone == 0 then return false end
write_chunked('HDEL', k.running, plan.gone)
if plan.sparse then
for _, key in ipairs({ k.tries, k.aborts, k.watch }) do write_chunked('HDEL', key, plan.dropped) end
end
write_endings(plan.endings, plan.sparse and { k.tries, k.aborts, k.watch } or {})
write_chunked('HSET', k.tries, plan.records)
for _, entry in ipairs(plan.errors) do
redis.call('RPUSH', entry[1], entry[2])
redis.call('LTRIM', entry[1], -10, -1)
end
for _, key in ipairs(plan.delayed) do redis.call('SETRANGE', key, 0, 'd') end
write_chunked('ZADD', k.due, plan.due)
write_chunked('LPUSH', k.ready, plan.pushed)
write_chunked('RPUSH', k.ready, reversed(plan.back))
write_chunked('LPUSH', k.suspects, plan.suspects)
return #plan.pushed + #plan.back + #plan.suspects > 0
end
local MOST_CLAIMED = 500
local ROUNDS = 4
local function read_repeat(k, worker, acked, last)
local plan = { kind = 'claimed', number = last, ids = {}, values = {}, records = {}, dropped = {}, repeated = true }
local ids, keys = {}, {}
for _, item in ipairs(read_holdings(k.running, worker)) do
if tonumber(string.match(item.tag, '(%d+)$')) > acked then
ids[#ids + 1] = item.id
keys[#keys + 1] = task_key(item.id)
end
end
local values = read_values(keys)
for at, id in ipairs(ids) do
if values[at] then
plan.ids[#plan.ids + 1] = id
plan.values[#plan.values + 1] = values[at]
else
plan.dropped[#plan.dropped + 1] = id
end
end
plan.records = read_fields(k.tries, plan.ids)
for at = 1, #plan.ids do
if crashes_of(plan.records[at]) >= CRASHES_UNTIL_SUSPECT then plan.suspect = true end
end
return plan
end
local function read_lock_holder(k, lock, settled)
if settled.held[lock] then return true end
local entry = redis.call('HGET', k.unique, lock)
if not entry or settled.freed[lock] then return false end
local id, tag, open = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
if open ~= '' then return redis.call('ZSCORE', k.workers, (string.match(tag, '^(.*)|'))) end
return not settled.accepted[id] and redis.call('HGET', k.running, id) == tag
end
local function read_ended(k, plan, id, code, value, now)
local record = redis.call('HGET', k.tries, id)
if record then redis.call('LLEN', history_key(id)) end
plan.seen[id] = true
add_ending(plan.endings, id, code, '', value, now, record, redis.call('HGET', k.watch, id))
end
local function read_unique(k, plan, id, value, now, settled)
local mode = string.sub(value, 2, 2)
if mode ~= 'u' and mode ~= 's' then return true end
local lock = lock_of(value)
if lock == '' then return true end
if not plan.taken[lock] and not read_lock_holder(k, lock, settled) then
plan.taken[lock] = id
return true
end
read_ended(k, plan, id, 'u', value, now)
return false
end
local function read_takeable(k, plan, listed, want, now, settled)
local keys = {}
for at, id in ipairs(listed) do keys[at] = task_key(id) end
local values, tags = read_values(keys), read_fields(k.running, listed)
local aborts = plan.sparse and read_fields(k.aborts, listed) or {}
for at, id in ipairs(listed) do
if #plan.ids >= want then return at - 1 end
local value = values[at]
local free = value and string.byte(value) == 113 and not tags[at] and not plan.seen[id]
if free and aborts[at] then
read_ended(k, plan, id, 'a', value, now)
elseif free and (string.byte(value, 2) == 59 or read_unique(k, plan, id, value, now, settled)) then
plan.seen[id] = true
plan.ids[#plan.ids + 1] = id
plan.values[#plan.values + 1] = value
end
end
return #listed
end
local function read_suspect(k, plan, now, settled)
local id = redis.call('LINDEX', k.suspects, -1)
if not id then return end
plan.suspects_popped = 1
read_takeable(k, plan, { id }, 1, now, settled)
plan.suspect = #plan.ids == 1
end
local function read_ready(k, plan, want, now, settled)
for _ = 1, ROUNDS do
if #plan.ids >= want then break end
local from = -plan.popped - (want - #plan.ids)
local listed = redis.call('LRANGE', k.ready, from, -plan.popped - 1)
if #listed == 0 then break end
plan.popped = plan.popped + read_takeable(k, plan, reversed(listed), want, now, settled)
end
plan.left = redis.call('LLEN', k.ready) - plan.popped
end
local function read_next_event(k, guard_until, now)
local due = redis.call('ZRANGE', k.due, 0, 0, 'WITHSCORES')[2]
local lease = redis.call('ZRANGE', k.workers, 0, 0, 'WITHSCORES')[2]
local soonest = due and tonumber(due) or -1
lease = lease and math.max(tonumber(lease), guard_until, now + 100) or -1
if lease >= 0 and (soonest < 0 or lease < soonest) then soonest = lease end
return soonest
end
local function read_claim(k, worker, acked, want, holds_suspect, now, settled)
if not redis.call('ZSCORE', k.workers, worker) then return { kind = 'lapsed' } end
local last = tonumber(redis.call('HGET', k.claims, 'n') or 0)
if last < acked then return { kind = 'lapsed' } end
if last > acked then return read_repeat(k, worker, acked, last) end
local plan = {
kind = 'claimed', number = acked, ids = {}, values = {}, records = {}, seen = {}, taken = {}, popped = 0,
suspects_popped = 0, endings = new_endings(),
}
want = math.min(want, MOST_CLAIMED)
plan.sparse = redis.call('EXISTS', k.suspects, k.tries, k.aborts) > 0
if plan.sparse and not holds_suspect then read_suspect(k, plan, now, settled) end
read_ready(k, plan, want, now, settled)
if plan.sparse then plan.records = read_fields(k.tries, plan.ids) end
return plan
end
local function write_claim(k, worker, plan)
if plan.kind == 'lapsed' then return false end
if plan.repeated then
write_chunked('HDEL', k.running, plan.dropped)
return false
end
if plan.popped > 0 then redis.call('LTRIM', k.ready, 0, -plan.popped - 1) end
if plan.suspects_popped > 0 then redis.call('LTRIM', k.suspects, 0, -2) end
write_endings(plan.endings, #plan.endings.ids > 0 and { k.tries, k.aborts, k.watch } or {})
if #plan.ids == 0 then return false end
plan.number = plan.number + 1
local tag, owned = worker .. '|' .. plan.number, {}
for _, id in ipairs(plan.ids) do
owned[#owned + 1] = id
owned[#owned + 1] = tag
end
redis.call('HSET', k.claims, 'n', plan.number, plan.number, table.concat(plan.ids, ' '))
write_chunked('HSET', k.running, owned)
for lock, id in pairs(plan.taken) do redis.call('HSET', k.unique, lock, id .. ',' .. tag) end
return plan.left > 0
end
local k = {
running = KEYS[1], claims = KEYS[2], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6],
due = KEYS[7], tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12],
meta = KEYS[13], caller = ARGV[2],
}
local worker, lease, acked, want = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local finished = {}
for at = 1, tonumber(ARGV[9]) do finished[at] = ARGV[10 + at] end
local items = parse_settles(11 + #finished, tonumber(ARGV[10]), 14)
local function must_poke(listens, claim)
if not claim or claim.kind == 'lapsed' then return false end
local full = #claim.ids >= want
return listens == 'inbox' and not full or listens == 'bell' and full
end
local function sooner(next_event, due)
for at = 1, #due, 2 do
if next_event < 0 or due[at] < next_event then next_event = due[at] end
end
return next_event
end
local now = read_now()
local settled = read_settle(k, items, now)
local tend = ARGV[7] == '1' and read_tend(k, lease, now)
local claim = want > 0 and read_claim(k, worker, acked, want, ARGV[6] == '1', now, settled)
local next_event = -1
if claim and claim.kind == 'claimed' and #claim.ids < want then
next_event = sooner(read_next_event(k, tend and tend.guard.not_before or 0, now), settled.due)
end
if #finished > 0 then redis.call('HLEN', k.claims) end
local quiet = redis.call('LLEN', k.bell) == 0
local poke = must_poke(ARGV[8], claim) and redis.call('LLEN', KEYS[14]) == 0
redis.call('ZREM', k.workers, '')
write_locks(k, settled)
local woken = claim and write_claim(k, worker, claim)
woken = tend and write_tend(k, tend, now) or woken
woken = write_settle(k, settled) or woken
write_chunked('HDEL', k.claims, finished)
if poke then
redis.call('RPUSH', KEYS[14], 'wake')
redis.call('PEXPIRE', KEYS[14], 3600000)
end
if woken and quiet then redis.call('LPUSH', k.bell, '1') end
if not claim then return { now, settled.verdicts, 'none' } end
if claim.kind == 'lapsed' then return { now, settled.verdicts, 'lapsed' } end
return {
now, settled.verdicts, 'claimed', claim.number, claim.suspect and 1 or 0, (woken or (claim.left or 0) > 0) and 1 or 0,
tend and tend.again and 1 or 0, next_event, claim.ids, claim.values, claim.records,
}`,
  },
  unwatch: {
    sha1: 'c54e96539b384d0e185fb31a2d5afdfce143baba',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local client, ids = ARGV[2], {}
for at = 1, tonumber(ARGV[3]) do ids[at] = ARGV[3 + at] end
local now = read_now()
local gone, changed = {}, {}
for at, known in ipairs(read_fields(KEYS[2], ids)) do
if known then
local others = {}
for other in string.gmatch(known, '[^,]+') do
if other ~= client then others[#others + 1] = other end
end
if #others == 0 then
gone[#gone + 1] = ids[at]
else
changed[#changed + 1] = ids[at]
changed[#changed + 1] = table.concat(others, ',')
end
end
end
redis.call('HDEL', KEYS[2], '')
write_chunked('HDEL', KEYS[2], gone)
write_chunked('HSET', KEYS[2], changed)
return { now, 'unwatched' }`,
  },
  watch: {
    sha1: '6476ab15ba21463deea1d46bf368495cff62f447',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
for first = 1, #values, CHUNK do
redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
end
local function read_fields(key, fields)
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_all_new(values)
return redis.call('MSETNX', unpack(values, 1, math.min(#values, CHUNK))) == 1
end
local client, ids, keys = ARGV[2], {}, {}
for at = 1, tonumber(ARGV[3]) do
ids[at] = ARGV[3 + at]
keys[at] = KEYS[2 + at]
end
local now = read_now()
local reply, registered = { now }, {}
local watchers = read_fields(KEYS[2], ids)
for at, value in ipairs(read_values(keys)) do
local pending = value and string.find('qdwg', string.sub(value, 1, 1), 1, true)
reply[at + 1] = pending and 1 or value or 0
local known = watchers[at] or ''
if pending and not string.find(',' .. known .. ',', ',' .. client .. ',', 1, true) then
registered[#registered + 1] = ids[at]
registered[#registered + 1] = known == '' and client or known .. ',' .. client
end
end
redis.call('HDEL', KEYS[2], '')
write_chunked('HSET', KEYS[2], registered)
return reply`,
  },
};
