// Generated from the .lua files by `pnpm lua`; change those and run it again.

/** A script as it is sent, and the name that Redis gives it. */
export interface LuaSource {
  readonly source: string;
  readonly sha1: string;
}

export const luaSources: {
  readonly abort: LuaSource;
  readonly audit: LuaSource;
  readonly define: LuaSource;
  readonly enqueue: LuaSource;
  readonly fire: LuaSource;
  readonly held: LuaSource;
  readonly join: LuaSource;
  readonly leave: LuaSource;
  readonly read: LuaSource;
  readonly renew: LuaSource;
  readonly step: LuaSource;
  readonly survey: LuaSource;
  readonly unwatch: LuaSource;
  readonly watch: LuaSource;
} = {
  abort: {
    sha1: 'fb49513905d66e7a3737dff34e88b4382a557fd8',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function kept_until(ttl, now)
local LEAST, DEFAULT, MOST = 60000, 300000, 1e15
if ttl == '-' then return '', false end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), MOST) or DEFAULT
local readable = length < LEAST and string.format('%.0f', now + length) or ''
return readable, string.format('%.0f', now - tonumber(ARGV[1]) + math.max(length, LEAST))
end
local function add_message(messages, clients, id, value, unstored)
local LARGEST_PUBLISHED = 65536
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
local channel = string.sub(KEYS[1], 1, -8) .. 'c:'
for client, message in pairs(messages) do
if string.sub(client, 1, 1) == '!' then
redis.pcall('SPUBLISH', channel .. client, message)
else
redis.call('PUBLISH', channel .. client, message)
end
end
end
local function write_values(stored)
for first = 1, #stored, CHUNK do
redis.call('MSET', unpack(stored, first, math.min(first + CHUNK - 1, #stored)))
end
end
local function write_ends(ends)
for at = 1, #ends, 2 do redis.call('PEXPIREAT', ends[at], ends[at + 1]) end
end
local SEMICOLON = 59
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, removed_at = kept_until(ttl or '', now)
local line_end = header_end and string.find(value, '\\n', header_end + 1, true)
local kept = code == 'm' and value or string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, removed_at
end
local function new_endings()
return { ids = {}, stored = {}, ends = {}, messages = {}, histories = {} }
end
local function add_end(ends, key, removed_at)
if not removed_at then return end
ends[#ends + 1] = key
ends[#ends + 1] = removed_at
end
local function add_value(endings, id, value, removed_at, record)
endings.ids[#endings.ids + 1] = id
endings.stored[#endings.stored + 1] = task_key(id)
endings.stored[#endings.stored + 1] = value
add_end(endings.ends, task_key(id), removed_at)
if record then add_end(endings.histories, history_key(id), removed_at) end
end
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
  audit: {
    sha1: 'bbfcdf549329759926c8af9f85500afbf10cd0f4',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local SEMICOLON = 59
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
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
local function new_plan()
return {
findings = {}, waiting = {}, unheld = {}, fields = {}, members = {}, keys = {}, ends = {}, ready = {}, suspects = {},
due = {}, queued = {}, held = {}, locked = {}, leases = {}, relisted = {}, last = {}, listed = {}, taken = {},
}
end
local function add_finding(plan, kind, name, detail, done)
local findings = plan.findings
findings[#findings + 1] = kind
findings[#findings + 1] = name
findings[#findings + 1] = detail
findings[#findings + 1] = done and 1 or 0
end
local function add_to(lists, key, item)
lists[key] = lists[key] or {}
lists[key][#lists[key] + 1] = item
end
local function write_plan(plan, lease, now)
for key, fields in pairs(plan.fields) do write_chunked('HDEL', key, fields) end
for key, members in pairs(plan.members) do write_chunked('ZREM', key, members) end
for _, key in ipairs(plan.keys) do redis.call('DEL', key) end
for at = 1, #plan.ends, 2 do redis.call('PEXPIRE', plan.ends[at], plan.ends[at + 1]) end
for _, key in ipairs(plan.queued) do redis.call('SETRANGE', key, 0, 'q') end
for worker in pairs(plan.leases) do redis.call('ZADD', KEYS[9], now + lease, worker) end
for worker, claims in pairs(plan.relisted) do
for number, ids in pairs(claims) do redis.call('HSET', claims_key(worker), number, ids, 'n', plan.last[worker]) end
end
write_chunked('HSET', KEYS[1], plan.held)
write_chunked('HSET', KEYS[8], plan.locked)
write_chunked('RPUSH', KEYS[2], plan.ready)
write_chunked('LPUSH', KEYS[3], plan.suspects)
write_chunked('ZADD', KEYS[4], plan.due)
end
local function read_is_known(worker)
return redis.call('ZSCORE', KEYS[9], worker) or redis.call('ZSCORE', KEYS[10], worker)
end
local function read_listed(plan, worker, number)
local tag = worker .. '|' .. number
plan.listed[tag] = plan.listed[tag] or ' ' .. (redis.call('HGET', claims_key(worker), number) or '') .. ' '
return plan.listed[tag]
end
local function read_listing(plan, id, worker, number)
local listed = read_listed(plan, worker, number)
if string.find(listed, ' ' .. id .. ' ', 1, true) then return end
add_finding(plan, 'unlisted', id, worker, true)
local others = string.match(listed, '^ *(.-) *$')
local ids = others == '' and id or others .. ' ' .. id
plan.listed[worker .. '|' .. number] = ' ' .. ids .. ' '
plan.relisted[worker] = plan.relisted[worker] or {}
plan.relisted[worker][number] = ids
local last = plan.last[worker] or redis.call('HGET', claims_key(worker), 'n') or '0'
plan.last[worker] = tonumber(last) < tonumber(number) and number or last
end
local function read_holder(plan, task)
local worker, number = string.match(task.tag, '^(.+)|(%d+)$')
if not worker then
add_finding(plan, 'orphaned', task.id, task.tag, true)
add_to(plan.fields, KEYS[1], task.id)
if task.byte == 'q' then plan.ready[#plan.ready + 1] = task.id end
return
end
if not read_is_known(worker) then
add_finding(plan, 'orphaned', task.id, worker, true)
plan.leases[worker] = true
end
read_listing(plan, task.id, worker, number)
end
local function read_is_locked(entry)
local id, tag, since = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
if not id then return false end
if since ~= '' then return redis.call('ZSCORE', KEYS[9], (string.match(tag, '^(.*)|'))) end
return redis.call('HGET', KEYS[1], id) == tag
end
local function read_own_lock(plan, task)
local mode = string.sub(task.head, 2, 2)
local lock = (mode == 'u' or mode == 's') and lock_of(task.head) or ''
if lock == '' then return end
local entry = redis.call('HGET', KEYS[8], lock)
if plan.taken[lock] or entry and read_is_locked(entry) then return end
plan.taken[lock] = true
add_finding(plan, 'unlocked', task.id, lock, true)
plan.locked[#plan.locked + 1] = lock
plan.locked[#plan.locked + 1] = task.id .. ',' .. task.tag
end
local FINISHED, LEAST_KEPT, DEFAULT_KEPT = '+-aepcurm', 60000, 300000
local function read_tasks(first, count, expects)
local tasks, ids = {}, {}
for at = 1, count do ids[at] = string.sub(KEYS[first - 1 + at], #prefix + #'task:' + 1) end
local tags, records = read_fields(KEYS[1], ids), read_fields(KEYS[5], ids)
local aborts, watchers = read_fields(KEYS[6], ids), read_fields(KEYS[7], ids)
local scores = count > 0 and redis.call('ZMSCORE', KEYS[4], unpack(ids, 1, count)) or {}
for at, id in ipairs(ids) do
local key = task_key(id)
local head = redis.pcall('GETRANGE', key, 0, 511)
tasks[at] = {
id = id, key = key, head = type(head) == 'string' and head, ends_in = redis.call('PTTL', key), tag = tags[at],
due = scores[at], record = records[at], abort = aborts[at], watch = watchers[at],
history = redis.call('PTTL', history_key(id)), byte = type(head) == 'string' and string.sub(head, 1, 1),
expected = expects and ARGV[6 + at],
}
end
return tasks
end
local function drop_due(plan, task)
if not task.due then return end
add_finding(plan, 'dangling', task.id, 'due', true)
add_to(plan.members, KEYS[4], task.id)
end
local function drop_entries(plan, task)
drop_due(plan, task)
local entries = { { 'tries', task.record, KEYS[5] }, { 'aborts', task.abort, KEYS[6] }, { 'watch', task.watch, KEYS[7] } }
for _, entry in ipairs(entries) do
if entry[2] then
add_finding(plan, 'dangling', task.id, entry[1], true)
add_to(plan.fields, entry[3], task.id)
end
end
end
local function read_missing(plan, task)
if task.tag then
add_finding(plan, 'missing', task.id, '', false)
read_holder(plan, task)
return
end
drop_entries(plan, task)
if task.history ~= -2 then
add_finding(plan, 'dangling', task.id, 'history', true)
plan.keys[#plan.keys + 1] = history_key(task.id)
end
end
local function add_end(plan, task, what, ms)
add_finding(plan, 'endless', task.id, what, true)
plan.ends[#plan.ends + 1] = what == 'task' and task.key or history_key(task.id)
plan.ends[#plan.ends + 1] = ms
end
local function judge_finished(plan, task, all_end)
if task.tag then
add_finding(plan, 'ended', task.id, '', true)
add_to(plan.fields, KEYS[1], task.id)
end
drop_entries(plan, task)
local readable = string.match(task.head, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;(%d+)')
local ends_in = task.ends_in
if ends_in == -1 and (readable or all_end) then
ends_in = readable and LEAST_KEPT or DEFAULT_KEPT
add_end(plan, task, 'task', ends_in)
end
if task.history == -1 and ends_in >= 0 then add_end(plan, task, 'history', ends_in) end
end
local function read_pending(plan, task, now)
if task.tag then
if task.byte == 'd' then
add_finding(plan, 'misplaced', task.id, '', true)
plan.queued[#plan.queued + 1] = task.key
end
drop_due(plan, task)
read_holder(plan, task)
read_own_lock(plan, task)
elseif task.byte == 'q' then
drop_due(plan, task)
if not task.expected or task.expected == (task.record or '') then
plan.waiting[#plan.waiting + 1] = task.id
plan.unheld[task.id] = task
end
elseif not task.due then
add_finding(plan, 'stranded', task.id, 'due', true)
plan.due[#plan.due + 1] = now
plan.due[#plan.due + 1] = task.id
end
end
local function read_task(plan, task, all_end, now)
if not task.head then return end
if task.byte == '' and task.ends_in == -2 then
read_missing(plan, task)
elseif task.byte == 'q' or task.byte == 'd' then
read_pending(plan, task, now)
elseif task.byte ~= '' and string.find(FINISHED, task.byte, 1, true) then
judge_finished(plan, task, all_end)
else
add_finding(plan, 'unreadable', task.id, '', false)
end
end
local PAGE, NEXT = 1000, 10000
local function read_unlisted(ids)
local unlisted = {}
for _, id in ipairs(ids) do unlisted[id] = true end
for _, key in ipairs({ KEYS[2], KEYS[3] }) do
local last, page = -1, nil
repeat
page = redis.call('LRANGE', key, last - PAGE + 1, last)
for _, id in ipairs(page) do unlisted[id] = nil end
last = last - PAGE
until #page < PAGE or last < -NEXT
end
return unlisted
end
local function read_claims(plan, unlisted)
local found = {}
for _, key in ipairs({ KEYS[9], KEYS[10] }) do
for _, worker in ipairs(redis.call('ZRANGE', key, 0, -1)) do
local claims = redis.call('HGETALL', claims_key(worker))
for at = 1, #claims, 2 do
local tag = worker .. '|' .. claims[at]
for id in string.gmatch(claims[at] ~= 'n' and claims[at + 1] or '', '%S+') do
local task = unlisted[id] and plan.unheld[id]
local is_settled = task and task.record and string.match(task.record, '^%d+,%d+,%d+,%d*,(.*)$') == tag
if task and not is_settled then add_to(found, id, tag) end
end
end
end
end
return found
end
local function add_stranded(plan, task, tags)
local is_suspect = crashes_of(task.record) >= CRASHES_UNTIL_SUSPECT
add_finding(plan, 'stranded', task.id, #tags > 0 and 'running' or is_suspect and 'suspects' or 'ready', #tags < 2)
if #tags == 1 then
plan.held[#plan.held + 1] = task.id
plan.held[#plan.held + 1] = tags[1]
elseif #tags == 0 then
local list = is_suspect and plan.suspects or plan.ready
list[#list + 1] = task.id
end
end
local function read_stranded(plan, searches)
local unlisted = {}
if searches then
unlisted = read_unlisted(plan.waiting)
else
for _, id in ipairs(plan.waiting) do unlisted[id] = true end
end
local claims = next(unlisted) and read_claims(plan, unlisted)
for _, id in ipairs(plan.waiting) do
if unlisted[id] then add_stranded(plan, plan.unheld[id], claims[id] or {}) end
end
plan.waiting = {}
end
local function read_worker(plan, worker)
if read_is_known(worker) then return end
local keys = { claims_key(worker), worker_key(worker), inbox_key(worker) }
local present = redis.call('EXISTS', keys[1], keys[2], keys[3])
if present == 0 or #read_holdings(KEYS[1], worker) > 0 then return end
add_finding(plan, 'departed', worker, '', true)
for _, key in ipairs(keys) do plan.keys[#plan.keys + 1] = key end
end
local function read_lock(plan, lock)
local entry = redis.call('HGET', KEYS[8], lock)
if not entry or read_is_locked(entry) then return end
add_finding(plan, 'unheld', lock, '', true)
add_to(plan.fields, KEYS[8], lock)
end
local function read_schedule(plan, name)
local is_defined = redis.call('HEXISTS', KEYS[12], name) == 1
local has_slot = redis.call('ZSCORE', KEYS[13], name)
if is_defined and has_slot or not is_defined and not has_slot then return end
add_finding(plan, 'halved', name, is_defined and 'slot' or 'definition', true)
add_to(plan.fields, KEYS[12], name)
add_to(plan.members, KEYS[13], name)
end
local function read_other(plan, kind, name)
if kind == 'worker' then
read_worker(plan, name)
elseif kind == 'lock' then
read_lock(plan, name)
elseif kind == 'schedule' then
read_schedule(plan, name)
end
end
local MOST = 200
local repairs, lists, all_end = ARGV[2] == '1', ARGV[3], ARGV[4] == '1'
local lease, count = tonumber(ARGV[5]), tonumber(ARGV[6])
local first_other = lists == '' and 7 or 7 + count
local subjects = count + (#ARGV - first_other + 1) / 2
if subjects > MOST then return redis.error_reply('ERR audit takes at most ' .. MOST .. ' subjects, got ' .. subjects) end
local function read_types()
for _, key in ipairs({ KEYS[1], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[12] }) do redis.call('HLEN', key) end
for _, key in ipairs({ KEYS[2], KEYS[3] }) do redis.call('LLEN', key) end
for _, key in ipairs({ KEYS[4], KEYS[9], KEYS[10], KEYS[13] }) do redis.call('ZCARD', key) end
end
local now = read_now()
local plan = new_plan()
read_types()
for _, task in ipairs(read_tasks(14, count, lists ~= '')) do read_task(plan, task, all_end, now) end
if lists ~= '' and #plan.waiting > 0 then read_stranded(plan, lists == 'search') end
local tokens = redis.call('LLEN', KEYS[11])
for at = first_other, #ARGV, 2 do read_other(plan, ARGV[at], ARGV[at + 1]) end
local is_ringing = tokens > 1
if is_ringing then add_finding(plan, 'ringing', '', tostring(tokens), true) end
local waiting = {}
for at, id in ipairs(plan.waiting) do
waiting[2 * at - 1] = id
waiting[2 * at] = plan.unheld[id].record or ''
end
local reply = { now, waiting, plan.findings }
if not repairs or #plan.findings == 0 then return reply end
redis.call('ZREM', KEYS[9], '')
write_plan(plan, lease, now)
if is_ringing then redis.call('LTRIM', KEYS[11], 0, 0) end
if tokens == 0 and #plan.ready + #plan.suspects + #plan.due > 0 then redis.call('LPUSH', KEYS[11], '1') end
return reply`,
  },
  define: {
    sha1: 'c17948c3a1ba06232b45e1e13571853479927482',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local FORGOTTEN = 400 * 86400000
local RETIRED = 7 * 86400000
local worker, started, name, hash, definition, slot = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local function parse(entry)
local known_hash, known_started, owner, asserted = string.match(entry, '^([^\\n]*)\\n(%d+)\\n([^\\n]*)\\n(%d+)\\n')
return { hash = known_hash, started = tonumber(known_started), owner = owner, asserted = tonumber(asserted) }
end
local function read_forgotten(now)
local stale, forgotten = {}, {}
local entries, fired = redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[4])
for at = 1, #entries, 2 do
local asserted = parse(entries[at + 1]).asserted
if entries[at] ~= name and (not asserted or now - asserted > FORGOTTEN) then stale[#stale + 1] = entries[at] end
end
for at = 1, #fired, 2 do
if now - tonumber(fired[at + 1]) > FORGOTTEN then forgotten[#forgotten + 1] = fired[at] end
end
return stale, forgotten
end
local now = read_now()
local entry = redis.call('HGET', KEYS[2], name)
local known = entry and parse(entry)
local last = tonumber(redis.call('HGET', KEYS[4], name) or 0)
local due = tonumber(redis.call('ZSCORE', KEYS[3], name) or 0)
local same = known and known.hash == hash
local owner_lives = known and known.owner and redis.call('ZSCORE', KEYS[5], known.owner)
if known and not same and owner_lives and known.started and known.started >= started and known.owner ~= worker then
return { now, 'superseded', due }
end
local is_owed = due > 0 and due <= now and known and known.asserted and now - known.asserted <= RETIRED
local kept = due > last and (same or is_owed)
local next_slot = kept and due or slot
if next_slot <= last then return { now, 'superseded', due } end
local stale, forgotten = {}, {}
if not same then stale, forgotten = read_forgotten(now) end
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
    sha1: 'e04bb9669c2af95b0e0b7dd91c8ecf620e68e5cc',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local function define_exceptions()
local CHUNK = 1000
local function write_chunked(command, key, values)
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function has_repeated(ids)
local seen = {}
for _, id in ipairs(ids) do
if seen[id] then return true end
seen[id] = true
end
return false
end
local function plan_starts(stored, first_arg, now)
local due_of, earliest = {}, nil
for at = first_arg, #ARGV, 2 do
local number, start = tonumber(ARGV[at]), ARGV[at + 1]
local due = tonumber(string.sub(start, 2))
if string.sub(start, 1, 1) == '+' then due = now + due end
local waits = due > now
if waits then due_of[number] = due end
if waits and (not earliest or due < earliest) then earliest = due end
stored[2 * number] = (waits and 'd' or 'q') .. string.sub(stored[2 * number], 2)
end
return due_of, earliest
end
local function nonce_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;([^;\\n]*)')
end
local function verdict(value, known)
if type(known) ~= 'string' then return 'wrong-type' end
local nonce = nonce_of(value)
return (nonce == '' or nonce == nonce_of(known)) and 'created' or 'duplicate'
end
local function write_one_by_one(stored, now)
local is_new, reply = {}, { now, 'mixed' }
for at = 1, #stored / 2 do
local key, value = stored[2 * at - 1], stored[2 * at]
is_new[at] = redis.call('SET', key, value, 'NX') and true or false
local known = not is_new[at] and redis.pcall('GET', key)
reply[at + 2] = is_new[at] and 'created' or verdict(value, known)
end
return is_new, reply
end
local function write_waiting(ids, is_new, due_of)
local ready, due = {}, {}
for at, id in ipairs(ids) do
if (not is_new or is_new[at]) and due_of[at] then
due[#due + 1] = due_of[at]
due[#due + 1] = id
elseif not is_new or is_new[at] then
ready[#ready + 1] = id
end
end
write_chunked('LPUSH', KEYS[2], ready)
write_chunked('ZADD', KEYS[4], due)
return #ready > 0, #due > 0
end
return {
has_repeated = has_repeated, plan_starts = plan_starts, write_one_by_one = write_one_by_one, write_waiting = write_waiting,
}
end
local FIXED_KEYS, FIXED_ARGS, MOST = 5, 5, 500
local not_after, count, client = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
if count > MOST then return redis.error_reply('ERR enqueue takes at most ' .. MOST .. ' tasks, got ' .. count) end
local now = read_now()
if now > not_after then return { now, 'late' } end
if count == 0 then return { now, 'created' } end
local KEYS, ARGV, sub, id_from = KEYS, ARGV, string.sub, #KEYS[1] - #'running' + #'task:' + 1
local ids, stored = { unpack(KEYS, FIXED_KEYS + 1, FIXED_KEYS + count) }, {}
for at = 1, count do
local key = ids[at]
ids[at] = sub(key, id_from)
stored[2 * at - 1] = key
stored[2 * at] = ARGV[FIXED_ARGS + at]
end
local has_starts, may_repeat = #ARGV > FIXED_ARGS + count, ARGV[4] == '1'
local rest = (has_starts or may_repeat) and define_exceptions()
local due_of, earliest
if has_starts then due_of, earliest = rest.plan_starts(stored, FIXED_ARGS + count + 1, now) end
local watched = {}
if client ~= '' then
redis.call('HLEN', KEYS[5])
for at = 1, count do
watched[2 * at - 1] = ids[at]
watched[2 * at] = client
end
end
redis.call('LLEN', KEYS[2])
local quiet = redis.call('LLEN', KEYS[3]) == 0
local head = earliest and redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2]
local all_new = not (may_repeat and rest.has_repeated(ids)) and redis.call('MSETNX', unpack(stored, 1, 2 * count)) == 1
if all_new and not earliest then
redis.call('LPUSH', KEYS[2], unpack(ids, 1, count))
if client ~= '' then redis.call('HSET', KEYS[5], unpack(watched, 1, 2 * count)) end
if quiet then redis.call('LPUSH', KEYS[3], '1') end
return { now, 'created' }
end
rest = rest or define_exceptions()
local reply, is_new = { now, 'created' }, nil
if not all_new then is_new, reply = rest.write_one_by_one(stored, now) end
local can_claim, becomes_due = rest.write_waiting(ids, is_new, due_of or {})
local sooner = becomes_due and (not head or earliest < tonumber(head))
if quiet and (can_claim or sooner) then redis.call('LPUSH', KEYS[3], '1') end
return reply`,
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
    sha1: '9fcfc4178ffb609c282a54ac50612103ffadf4e1',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
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
local kept, locks = {}, redis.call('HGETALL', KEYS[4])
for at = 1, #locks, 2 do
local id, tag = string.match(locks[at + 1], '^(.+),([^,]+),%d+$')
if tag and string.sub(tag, 1, #worker + 1) == worker .. '|' then
kept[#kept + 1] = locks[at]
kept[#kept + 1] = id
kept[#kept + 1] = tag
end
end
return { now, 'held', flat, kept }`,
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
    sha1: 'd84d389bf6e03df590956b0a6cf0a77f6e43019f',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
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
local waiting = redis.call('LLEN', KEYS[6]) + redis.call('LLEN', KEYS[8])
redis.call('EXISTS', KEYS[4], KEYS[5])
redis.call('ZCARD', KEYS[3])
redis.call('ZCARD', KEYS[10])
local quiet = redis.call('LLEN', KEYS[7]) == 0
local locks = read_locks(KEYS[11], worker)
redis.call('ZREM', KEYS[3], '')
write_chunked('HDEL', KEYS[1], gone)
write_chunked('RPUSH', KEYS[6], back)
write_chunked('RPUSH', KEYS[8], suspects)
if #gone + waiting > 0 and quiet then redis.call('LPUSH', KEYS[7], '1') end
if #held > LIMIT then return { now, 'more' } end
redis.call('ZREM', KEYS[3], worker)
redis.call('ZREM', KEYS[10], worker)
redis.call('DEL', KEYS[2], KEYS[4], KEYS[5])
write_chunked('HDEL', KEYS[11], locks)
return { now, 'left' }`,
  },
  read: {
    sha1: '1807950cd245151057ac0d61140b42b81bd8d453',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
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
    sha1: '1546f08598ae40cf95a286d0f87a923ec17a2add',
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
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function kept_until(ttl, now)
local LEAST, DEFAULT, MOST = 60000, 300000, 1e15
if ttl == '-' then return '', false end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), MOST) or DEFAULT
local readable = length < LEAST and string.format('%.0f', now + length) or ''
return readable, string.format('%.0f', now - tonumber(ARGV[1]) + math.max(length, LEAST))
end
local function add_message(messages, clients, id, value, unstored)
local LARGEST_PUBLISHED = 65536
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
local channel = string.sub(KEYS[1], 1, -8) .. 'c:'
for client, message in pairs(messages) do
if string.sub(client, 1, 1) == '!' then
redis.pcall('SPUBLISH', channel .. client, message)
else
redis.call('PUBLISH', channel .. client, message)
end
end
end
local function write_values(stored)
for first = 1, #stored, CHUNK do
redis.call('MSET', unpack(stored, first, math.min(first + CHUNK - 1, #stored)))
end
end
local function write_ends(ends)
for at = 1, #ends, 2 do redis.call('PEXPIREAT', ends[at], ends[at + 1]) end
end
local SEMICOLON = 59
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, removed_at = kept_until(ttl or '', now)
local line_end = header_end and string.find(value, '\\n', header_end + 1, true)
local kept = code == 'm' and value or string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, removed_at
end
local function new_endings()
return { ids = {}, stored = {}, ends = {}, messages = {}, histories = {} }
end
local function add_end(ends, key, removed_at)
if not removed_at then return end
ends[#ends + 1] = key
ends[#ends + 1] = removed_at
end
local function add_value(endings, id, value, removed_at, record)
endings.ids[#endings.ids + 1] = id
endings.stored[#endings.stored + 1] = task_key(id)
endings.stored[#endings.stored + 1] = value
add_end(endings.ends, task_key(id), removed_at)
if record then add_end(endings.histories, history_key(id), removed_at) end
end
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
local function read_spared(workers, lease, swept, now)
local NOTHING, MARK = 1000, 0.5
local gap, infos, spared = now - swept, {}, {}
if gap <= math.min(NOTHING, lease / 2) then return spared end
local listed = redis.call('ZRANGEBYSCORE', workers, '(' .. swept, now + gap, 'WITHSCORES')
for at = 1, #listed, 2 do infos[#infos + 1] = worker_key(listed[at]) end
for at, info in ipairs(read_values(infos)) do
local worker, lease_end = listed[2 * at - 1], tonumber(listed[2 * at])
local own = tonumber(string.match(info or '', '"lease":(%d+)')) or lease
local spared_until = now + math.min(gap, own)
local is_outage = gap > own / 2 and (lease_end % 1 == 0 or gap > lease / 2)
if is_outage and lease_end < spared_until then
spared[#spared + 1] = spared_until + MARK
spared[#spared + 1] = worker
end
end
return spared
end
local function read_cut(workers, lease, swept, now)
local cut = {}
local ahead = redis.call('ZRANGEBYSCORE', workers, '(' .. now + lease, '+inf', 'WITHSCORES')
for at = 1, #ahead, 2 do
cut[#cut + 1] = math.max(ahead[at + 1] - swept + now, now + lease)
cut[#cut + 1] = ahead[at]
end
return cut
end
local function read_moved_leases(meta, workers, lease, now)
local swept = tonumber(redis.call('HGET', meta, 'swept') or now)
local read = swept - now > 1000 and read_cut or read_spared
return read(workers, lease, swept, now)
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
local function read_lapsed(k, now, declares)
for _, worker in ipairs(redis.call('ZRANGE', k.dead, 0, 1)) do
if worker ~= k.caller then return worker, false end
end
if not declares then return nil, false end
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
local function read_reclaim(k, now, limit, declares)
local worker, newly = read_lapsed(k, now, declares)
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
local tend = { promotions = read_promotions(k.due, now), leases = read_moved_leases(k.meta, k.workers, lease, now) }
redis.call('LLEN', k.ready)
redis.call('LLEN', k.suspects)
local left = BUDGET - #tend.promotions.listed
local moves = #tend.leases > 0
if left > 0 then tend.reclaim = read_reclaim(k, now, left, not moves) end
tend.again = left <= 0 or moves or tend.reclaim ~= nil
return tend
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
redis.call('HSET', k.meta, 'swept', now)
write_chunked('ZADD', k.workers, tend.leases)
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
local woken = write_tend(k, tend, now)
redis.call('ZADD', k.workers, now + lease, worker)
redis.call('PEXPIRE', KEYS[2], 86400000)
if woken and quiet then redis.call('LPUSH', k.bell, '1') end
return { now, 'renewed', mine }`,
  },
  step: {
    sha1: '4fa485f5021edf51fc318c9c7ad299ceecf0ea80',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local function read_is_neglected(now)
local TEND_EVERY = 100
local swept = redis.call('HGET', KEYS[13], 'swept')
return not swept or math.abs(now - swept) >= TEND_EVERY
end
local function read_next_event(put_off, now)
local due = redis.call('ZRANGE', KEYS[7], '0', '0', 'WITHSCORES')[2]
local lease_end = redis.call('ZRANGE', KEYS[3], '0', '0', 'WITHSCORES')[2]
local soonest = due and tonumber(due) or -1
lease_end = lease_end and math.max(tonumber(lease_end), now + 100) or -1
if lease_end >= 0 and (soonest < 0 or lease_end < soonest) then soonest = lease_end end
for at = 1, #put_off, 2 do
if soonest < 0 or put_off[at] < soonest then soonest = put_off[at] end
end
return soonest
end
local function read_lone(now)
local LEAST_KEPT, LONGEST, LARGEST_PUBLISHED, MOST_JOINED, FEW, FIRST = 60000, 12, 65536, 262144, 8, 11
local wants, settles, tends, finished = ARGV[5] ~= '0', ARGV[10] == '1', ARGV[7], ARGV[9] == '1'
if tends == '1' or ARGV[9] > ARGV[10] or not settles and not wants then return nil end
local prefix, tag, settled, body = string.sub(KEYS[1], 1, -#'running' - 1), nil, nil, nil
if settles then
local at = finished and FIRST + 1 or FIRST
local claim, ttl = string.match(ARGV[at], '^[+-];(%d+);(%d+);;$')
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
return nil
end
local rings = leaves and redis.call('LLEN', KEYS[6]) == 0
return true, client, id, value, leaves, rings, falls_short and read_next_event({}, now) or -1
end
local function write_lone(now, client, id, value, leaves, rings, next_event)
local FIRST = 11
if id then redis.call('RPOP', KEYS[5]) end
if ARGV[10] == '1' then
local prefix, at = string.sub(KEYS[1], 1, -#'running' - 1), ARGV[9] == '1' and FIRST + 1 or FIRST
local settled, body = string.sub(KEYS[15], #prefix + #'task:' + 1), ARGV[at + 2]
redis.call('HDEL', KEYS[1], settled)
redis.call('SET', KEYS[15], body, 'PX', string.match(ARGV[at], '(%d+);;$'))
if at > FIRST then redis.call('HDEL', KEYS[2], ARGV[FIRST]) end
if client then
redis.call('HDEL', KEYS[11], settled)
redis.call('PUBLISH', prefix .. 'c:' .. client, settled .. ';' .. #body .. '\\n' .. body)
end
end
if not id then return { now, {}, 'none' } end
local number = tostring(ARGV[4] + 1)
redis.call('HSET', KEYS[1], id, ARGV[2] .. '|' .. number)
redis.call('HSET', KEYS[2], 'n', number, number, id)
if rings then redis.call('LPUSH', KEYS[6], '1') end
return { now, {}, 'claimed', ARGV[4] + 1, 0, leaves and 1 or 0, 0, next_event, id, { #value }, value, {} }
end
local MOST_CLAIMED, MOST_SETTLED = 500, 500
local worker, lease, acked = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local want = math.min(tonumber(ARGV[5]), MOST_CLAIMED)
local tends, listens, finished, settles = ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
if settles > MOST_SETTLED then
return redis.error_reply('ERR step takes at most ' .. MOST_SETTLED .. ' settles, got ' .. settles)
end
local now = read_now()
if settles <= 1 then
local is_lone, client, id, value, leaves, rings, next_event = read_lone(now)
if is_lone then return write_lone(now, client, id, value, leaves, rings, next_event) end
end
local function kept_until(ttl, now)
local LEAST, DEFAULT, MOST = 60000, 300000, 1e15
if ttl == '-' then return '', false end
local length = string.match(ttl, '^%d+$') and #ttl <= 16 and math.min(tonumber(ttl), MOST) or DEFAULT
local readable = length < LEAST and string.format('%.0f', now + length) or ''
return readable, string.format('%.0f', now - tonumber(ARGV[1]) + math.max(length, LEAST))
end
local function add_message(messages, clients, id, value, unstored)
local LARGEST_PUBLISHED = 65536
local part = #value > LARGEST_PUBLISHED and not unstored and id .. ';-\\n' or id .. ';' .. #value .. '\\n' .. value
for client in string.gmatch(clients, '[^,]+') do
messages[client] = (messages[client] or '') .. part
end
end
local function write_messages(messages)
local channel = string.sub(KEYS[1], 1, -8) .. 'c:'
for client, message in pairs(messages) do
if string.sub(client, 1, 1) == '!' then
redis.pcall('SPUBLISH', channel .. client, message)
else
redis.call('PUBLISH', channel .. client, message)
end
end
end
local function define_exceptions()
local k = {
running = KEYS[1], claims = KEYS[2], workers = KEYS[3], dead = KEYS[4], ready = KEYS[5], bell = KEYS[6],
due = KEYS[7], tries = KEYS[8], suspects = KEYS[9], aborts = KEYS[10], watch = KEYS[11], unique = KEYS[12],
meta = KEYS[13], caller = ARGV[2],
}
local prefix = string.sub(KEYS[1], 1, -8)
local function task_key(id) return prefix .. 'task:' .. id end
local function history_key(id) return prefix .. 'history:' .. id end
local function claims_key(worker) return prefix .. 'claims:' .. worker end
local function worker_key(worker) return prefix .. 'worker:' .. worker end
local function inbox_key(worker) return prefix .. 'inbox:' .. worker end
local CHUNK = 1000
local function write_chunked(command, key, values)
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function write_values(stored)
for first = 1, #stored, CHUNK do
redis.call('MSET', unpack(stored, first, math.min(first + CHUNK - 1, #stored)))
end
end
local function write_ends(ends)
for at = 1, #ends, 2 do redis.call('PEXPIREAT', ends[at], ends[at + 1]) end
end
local SEMICOLON = 59
local CRASHES_UNTIL_SUSPECT = 2
local CRASHES_UNTIL_ENDED = 3
local function tries_of(record)
return record and string.match(record, '^(%d+),') or '0'
end
local function crashes_of(record)
return record and tonumber(string.match(record, '^%d+,%d+,(%d+)')) or 0
end
local function lock_of(value)
return string.match(value, '^[^;\\n]*;[^;\\n]*;[^;\\n]*;[^;\\n]*;([^;\\n]+)') or ''
end
local function reversed(list)
local turned = {}
for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
return turned
end
local function ended_value(code, tag, value, now, tries)
local header_end = string.find(value, '\\n', 1, true)
local header = header_end and string.sub(value, 1, header_end - 1) or ''
local nonce, ttl = string.match(header, '^[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;?([^;]*)$')
local readable, removed_at = kept_until(ttl or '', now)
local line_end = header_end and string.find(value, '\\n', header_end + 1, true)
local kept = code == 'm' and value or string.sub(value, (header_end or 0) + 1, line_end or -1)
local ended = code .. ';' .. tag .. ';' .. (nonce or '') .. ';' .. readable .. ';' .. now .. ';;' .. tries .. '\\n' .. kept
return ended, removed_at
end
local function new_endings()
return { ids = {}, stored = {}, ends = {}, messages = {}, histories = {} }
end
local function add_end(ends, key, removed_at)
if not removed_at then return end
ends[#ends + 1] = key
ends[#ends + 1] = removed_at
end
local function add_value(endings, id, value, removed_at, record)
endings.ids[#endings.ids + 1] = id
endings.stored[#endings.stored + 1] = task_key(id)
endings.stored[#endings.stored + 1] = value
add_end(endings.ends, task_key(id), removed_at)
if record then add_end(endings.histories, history_key(id), removed_at) end
end
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
local ENDS_HERE = { abort = 'a', malformed = 'm' }
local function new_others()
return {
endings = new_endings(), records = {}, errors = {}, pushed = {}, delayed = {}, due = {}, back = {}, suspects = {},
gone = {}, dropped = {}, unlocked = {}, kept = {}, freed = {}, held = {},
}
end
local function set_of(list)
local set = {}
for _, item in ipairs(list) do set[item] = true end
return set
end
local function started_by(record, tag)
return record and string.sub(record, -#tag - 1) == ',' .. tag
end
local function refusal(item, value)
if item.code == 'release' or started_by(item.record, item.tag) then return 'already' end
local code, tag = string.match(value or '', '^([^;]*);([^;\\n]*)')
if tag == item.tag then return code == 'a' and item.code ~= 'abort' and 'aborted' or 'already' end
return code == 'a' and 'aborted' or 'lost'
end
local function start_at(start, now)
local at = tonumber(string.sub(start, 2))
return string.sub(start, 1, 1) == '+' and now + at or at
end
local function add_record(others, item, record)
others.records[#others.records + 1] = item.id
others.records[#others.records + 1] = record .. ',' .. item.tag
end
local function add_delayed(others, item, at)
others.delayed[#others.delayed + 1] = task_key(item.id)
others.due[#others.due + 1] = at
others.due[#others.due + 1] = item.id
end
local function plan_retry(others, item, now)
local at = start_at(item.a, now)
add_record(others, item, item.b)
others.errors[#others.errors + 1] = { history_key(item.id), item.body }
if at > now then
add_delayed(others, item, at)
else
others.pushed[#others.pushed + 1] = item.id
end
end
local function plan_unknown(others, item, value, now)
local head, first = string.match(item.b, '^(%d+,%d+,%d+),(%d*)$')
first = first == '' and now or tonumber(first)
if now - first > tonumber(item.body) then
add_ending(others.endings, item.id, 'r', item.tag, value, now, item.b, item.watchers)
return
end
add_record(others, item, head .. ',' .. first)
add_delayed(others, item, now + tonumber(item.a))
end
local function plan_release(others, item, suspect)
if item.b ~= '' then add_record(others, item, item.b) end
local list = suspect and others.suspects or others.back
list[#list + 1] = item.id
end
local function plan_result(others, item, now)
local _, removed_at = kept_until(item.a, now)
local unstored = item.a == '0'
local stored = unstored and string.match(item.body, '^[^\\n]*\\n?') or item.body
add_value(others.endings, item.id, stored, removed_at, item.record)
if item.watchers then add_message(others.endings.messages, item.watchers, item.id, item.body, unstored) end
end
local function read_lock(others, item, now)
local owner = item.id .. ',' .. item.tag
local entry = redis.call('HGET', k.unique, item.lock)
if entry == owner and item.keep then
others.kept[#others.kept + 1] = item.lock
others.kept[#others.kept + 1] = owner .. ',' .. now
others.held[item.lock] = true
elseif entry == owner or item.code == 'unlock' and entry and string.sub(entry, 1, #owner + 1) == owner .. ',' then
others.unlocked[#others.unlocked + 1] = item.lock
others.freed[item.lock], others.held[item.lock] = true, nil
end
end
local function add_verdict(plan, at, verdict)
plan.verdicts[#plan.verdicts + 1] = at - 1
plan.verdicts[#plan.verdicts + 1] = verdict
end
local function drop_repeated(plan)
local gone, stored, ends, told, seen = plan.gone, plan.stored, plan.ends, plan.told or {}, {}
local is_gone = set_of(gone)
for at, id in ipairs(plan.ids) do
if seen[id] and is_gone[id] then add_verdict(plan, at, 'already') end
seen[id] = true
end
plan.gone, plan.stored, plan.ends, plan.told, seen = {}, {}, {}, {}, {}
for at, id in ipairs(gone) do
if not seen[id] then
seen[id] = true
plan.gone[#plan.gone + 1] = id
plan.stored[#plan.stored + 1] = stored[2 * at - 1]
plan.stored[#plan.stored + 1] = stored[2 * at]
plan.ends[#plan.ends + 1] = ends[at]
plan.told[#plan.gone] = told[at]
end
end
end
local function read_unfinished(plan, item, now)
local others = plan.others
local value = redis.call('MGET', task_key(item.id))[1]
if not value then
others.dropped[#others.dropped + 1] = item.id
return
end
if item.lock == '' and string.byte(value, 2) ~= SEMICOLON then
item.lock = lock_of(value)
if item.lock ~= '' then read_lock(others, item, now) end
end
local code = ENDS_HERE[item.code] or item.aborted and 'a'
if code then
local record = item.b ~= '' and item.b or item.record
add_ending(others.endings, item.id, code, item.tag, value, now, record, item.watchers)
if code ~= ENDS_HERE[item.code] then add_verdict(plan, item.at, 'aborted') end
elseif item.code == 'retry' then
plan_retry(others, item, now)
elseif item.code == 'unknown' then
plan_unknown(others, item, value, now)
elseif item.code == 'release' then
plan_release(others, item, crashes_of(item.record) >= CRASHES_UNTIL_SUSPECT)
end
end
local function read_owned(plan, item, now)
plan.accepted[item.id] = true
plan.by_tag[item.tag] = (plan.by_tag[item.tag] or 0) + 1
plan.others.gone[#plan.others.gone + 1] = item.id
local is_result = item.code == '+' or item.code == '-'
if item.record or not is_result and item.b ~= '' then redis.call('LLEN', history_key(item.id)) end
if is_result then
plan_result(plan.others, item, now)
else
read_unfinished(plan, item, now)
end
end
local function read_other(plan, item, now)
if not plan.others then plan.others, plan.accepted = new_others(), set_of(plan.gone) end
item.keep = string.sub(item.lock, 1, 1) == '!'
if item.keep then item.lock = string.sub(item.lock, 2) end
if item.lock ~= '' then read_lock(plan.others, item, now) end
if item.code == 'unlock' then return end
if plan.accepted[item.id] then
add_verdict(plan, item.at, 'already')
elseif item.holder ~= item.tag then
add_verdict(plan, item.at, refusal(item, redis.call('MGET', task_key(item.id))[1]))
else
read_owned(plan, item, now)
end
end
local function read_touched(others)
redis.call('LLEN', k.suspects)
if #others.due > 0 then redis.call('ZCARD', k.due) end
if #others.pushed + #others.back > 0 then redis.call('LLEN', k.ready) end
end
local function write_locks(others)
write_chunked('HSET', k.unique, others.kept)
write_chunked('HDEL', k.unique, others.unlocked)
end
local function write_others(others)
write_chunked('HDEL', k.running, others.gone)
local tables = { k.tries, k.aborts, k.watch }
for _, key in ipairs(tables) do write_chunked('HDEL', key, others.dropped) end
write_endings(others.endings, tables)
write_chunked('HSET', k.tries, others.records)
for _, entry in ipairs(others.errors) do
redis.call('RPUSH', entry[1], entry[2])
redis.call('LTRIM', entry[1], -10, -1)
end
for _, key in ipairs(others.delayed) do redis.call('SETRANGE', key, 0, 'd') end
write_chunked('ZADD', k.due, others.due)
write_chunked('LPUSH', k.ready, others.pushed)
write_chunked('RPUSH', k.ready, reversed(others.back))
write_chunked('LPUSH', k.suspects, others.suspects)
return #others.pushed + #others.back + #others.suspects > 0
end
local ROUNDS = 4
local QUEUED = 113
local function read_repeat(worker, acked, last)
local plan = {
kind = 'claimed', is_repeat = true, number = last, ids = {}, values = {}, records = {}, dropped = {}, popped = 0, leaves = false,
}
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
local function read_lock_holder(lock, settled)
local others = settled.others
if others and others.held[lock] then return true end
local entry = redis.call('HGET', k.unique, lock)
if not entry or others and others.freed[lock] then return false end
local id, tag, open = string.match(entry, '^([^,]*),([^,]*),?(%d*)$')
settled.accepted = settled.accepted or set_of(settled.gone)
if open ~= '' then return redis.call('ZSCORE', k.workers, (string.match(tag, '^(.*)|'))) end
return not settled.accepted[id] and redis.call('HGET', k.running, id) == tag
end
local function read_ended(plan, id, code, value, now)
local record = redis.call('HGET', k.tries, id)
if record then redis.call('LLEN', history_key(id)) end
plan.seen[id] = true
add_ending(plan.endings, id, code, '', value, now, record, redis.call('HGET', k.watch, id))
end
local function read_unique(plan, id, value, now, settled)
local mode = string.sub(value, 2, 2)
if mode ~= 'u' and mode ~= 's' then return true end
local lock = lock_of(value)
if lock == '' then return true end
if not plan.taken[lock] and not read_lock_holder(lock, settled) then
plan.taken[lock] = id
return true
end
read_ended(plan, id, 'u', value, now)
return false
end
local function read_takeable(plan, listed, want, now, settled)
local keys = {}
for at, id in ipairs(listed) do keys[at] = task_key(id) end
local values, tags = read_values(keys), read_fields(k.running, listed)
local aborts = plan.sparse and read_fields(k.aborts, listed) or {}
for at, id in ipairs(listed) do
if #plan.ids >= want then return at - 1 end
local value = values[at]
local free = value and string.byte(value) == QUEUED and not tags[at] and not plan.seen[id]
if free and aborts[at] then
read_ended(plan, id, 'a', value, now)
elseif free and (string.byte(value, 2) == SEMICOLON or read_unique(plan, id, value, now, settled)) then
plan.seen[id] = true
plan.ids[#plan.ids + 1] = id
plan.values[#plan.values + 1] = value
end
end
return #listed
end
local function read_odd_claim(want, suspect, sparse, settled, now)
local plan = {
kind = 'claimed', ids = {}, values = {}, records = {}, seen = {}, taken = {}, popped = 0, sparse = sparse,
suspects_popped = suspect and 1 or 0, endings = new_endings(),
}
if suspect then
read_takeable(plan, { suspect }, 1, now, settled)
plan.suspect = #plan.ids == 1
end
for _ = 1, ROUNDS do
if #plan.ids >= want then break end
local from = -plan.popped - (want - #plan.ids)
local listed = redis.call('LRANGE', k.ready, from, -plan.popped - 1)
if #listed == 0 then break end
plan.popped = plan.popped + read_takeable(plan, reversed(listed), want, now, settled)
end
plan.leaves = redis.call('LLEN', k.ready) > plan.popped
if sparse then plan.records = read_fields(k.tries, plan.ids) end
return plan
end
local function drop_listed_twice(plan)
local seen, ids, values, records = {}, {}, {}, {}
for at, id in ipairs(plan.ids) do
if not seen[id] then
seen[id] = true
ids[#ids + 1] = id
values[#ids] = plan.values[at]
records[#ids] = plan.records[at]
end
end
plan.ids, plan.values, plan.records = ids, values, records
end
local function write_odd_claim(plan)
if plan.is_repeat then
write_chunked('HDEL', k.running, plan.dropped)
return
end
if plan.suspects_popped > 0 then redis.call('LTRIM', k.suspects, 0, -2) end
write_endings(plan.endings, #plan.endings.ids > 0 and { k.tries, k.aborts, k.watch } or {})
end
local function write_taken_locks(taken, tag)
for lock, id in pairs(taken) do redis.call('HSET', k.unique, lock, id .. ',' .. tag) end
end
local BUDGET = 200
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
local function read_spared(workers, lease, swept, now)
local NOTHING, MARK = 1000, 0.5
local gap, infos, spared = now - swept, {}, {}
if gap <= math.min(NOTHING, lease / 2) then return spared end
local listed = redis.call('ZRANGEBYSCORE', workers, '(' .. swept, now + gap, 'WITHSCORES')
for at = 1, #listed, 2 do infos[#infos + 1] = worker_key(listed[at]) end
for at, info in ipairs(read_values(infos)) do
local worker, lease_end = listed[2 * at - 1], tonumber(listed[2 * at])
local own = tonumber(string.match(info or '', '"lease":(%d+)')) or lease
local spared_until = now + math.min(gap, own)
local is_outage = gap > own / 2 and (lease_end % 1 == 0 or gap > lease / 2)
if is_outage and lease_end < spared_until then
spared[#spared + 1] = spared_until + MARK
spared[#spared + 1] = worker
end
end
return spared
end
local function read_cut(workers, lease, swept, now)
local cut = {}
local ahead = redis.call('ZRANGEBYSCORE', workers, '(' .. now + lease, '+inf', 'WITHSCORES')
for at = 1, #ahead, 2 do
cut[#cut + 1] = math.max(ahead[at + 1] - swept + now, now + lease)
cut[#cut + 1] = ahead[at]
end
return cut
end
local function read_moved_leases(meta, workers, lease, now)
local swept = tonumber(redis.call('HGET', meta, 'swept') or now)
local read = swept - now > 1000 and read_cut or read_spared
return read(workers, lease, swept, now)
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
local function read_lapsed(k, now, declares)
for _, worker in ipairs(redis.call('ZRANGE', k.dead, 0, 1)) do
if worker ~= k.caller then return worker, false end
end
if not declares then return nil, false end
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
local function read_reclaim(k, now, limit, declares)
local worker, newly = read_lapsed(k, now, declares)
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
local tend = { promotions = read_promotions(k.due, now), leases = read_moved_leases(k.meta, k.workers, lease, now) }
redis.call('LLEN', k.ready)
redis.call('LLEN', k.suspects)
local left = BUDGET - #tend.promotions.listed
local moves = #tend.leases > 0
if left > 0 then tend.reclaim = read_reclaim(k, now, left, not moves) end
tend.again = left <= 0 or moves or tend.reclaim ~= nil
return tend
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
redis.call('HSET', k.meta, 'swept', now)
write_chunked('ZADD', k.workers, tend.leases)
write_chunked('ZREM', k.due, tend.promotions.listed)
for _, key in ipairs(tend.promotions.keys) do redis.call('SETRANGE', key, 0, 'q') end
write_chunked('LPUSH', k.ready, tend.promotions.ids)
if tend.reclaim then write_reclaim(k, tend.reclaim, now) end
return #tend.promotions.ids > 0 or tend.reclaim and #tend.reclaim.back + #tend.reclaim.suspects > 0
end
return {
k = k, read_other = read_other, read_touched = read_touched, write_locks = write_locks, write_others = write_others,
drop_repeated = drop_repeated, read_repeat = read_repeat, read_odd_claim = read_odd_claim,
drop_listed_twice = drop_listed_twice, write_odd_claim = write_odd_claim, write_taken_locks = write_taken_locks,
read_tend = read_tend, write_tend = write_tend,
}
end
local defined
local function exceptions()
defined = defined or define_exceptions()
return defined
end
local function read_facts(ids, sparse)
if not sparse then return {}, {} end
local count = #ids
return redis.call('HMGET', KEYS[8], unpack(ids, 1, count)), redis.call('HMGET', KEYS[10], unpack(ids, 1, count))
end
local function read_settle(first_key, first_arg, count, sparse, is_watched, now)
local plan = { verdicts = {}, gone = {}, told = false, others = false, accepted = false, by_tag = {} }
if count == 0 then return plan end
local KEYS, ARGV, gone, stored, ends = KEYS, ARGV, plan.gone, {}, {}
local ids = { unpack(KEYS, first_key, first_key + count - 1) }
plan.ids, plan.stored, plan.ends = ids, stored, ends
local sub, id_from = string.sub, #KEYS[1] - #'running' + #'task:' + 1
for at = 1, count do ids[at] = sub(ids[at], id_from) end
local tags = redis.call('HMGET', KEYS[1], unpack(ids, 1, count))
local records, aborts = read_facts(ids, sparse)
local watchers = is_watched and redis.call('HMGET', KEYS[11], unpack(ids, 1, count)) or {}
local told = is_watched and {}
plan.told = told
local at, taken, arg = 0, 0, first_arg
while at < count do
local code, claim, a, b, lock = string.match(ARGV[arg], '^([^;]*);([^;]*);([^;]*);([^;]*);(.*)$')
local tag, members, taken_before = ARGV[2] .. '|' .. claim, tonumber(ARGV[arg + 1]), taken
local is_plain = (code == '+' or code == '-') and lock == '' and a ~= '0'
local _, removed_at = kept_until(is_plain and a or '', now)
for body = arg + 2, arg + 1 + members do
at = at + 1
local id, accepted = ids[at], plan.accepted
local is_more = records[at] or aborts[at] or accepted and accepted[id]
if is_plain and tags[at] == tag and not is_more then
taken = taken + 1
gone[taken] = id
stored[2 * taken - 1] = KEYS[first_key - 1 + at]
stored[2 * taken] = ARGV[body]
ends[taken] = removed_at
if watchers[at] then told[taken] = watchers[at] end
if accepted then accepted[id] = true end
else
exceptions().read_other(plan, {
at = at, id = id, tag = tag, code = code, a = a, b = b, lock = lock, body = ARGV[body], holder = tags[at],
record = records[at], aborted = aborts[at], watchers = watchers[at],
}, now)
end
end
arg = arg + 2 + members
plan.by_tag[tag] = (plan.by_tag[tag] or 0) + taken - taken_before
end
if plan.others then exceptions().read_touched(plan.others) end
return plan
end
local function write_told(plan)
local ids, messages = {}, plan.others and plan.others.endings.messages or {}
for at, clients in pairs(plan.told) do
ids[#ids + 1] = plan.gone[at]
add_message(messages, clients, plan.gone[at], plan.stored[2 * at])
end
if #ids > 0 then redis.call('HDEL', KEYS[11], unpack(ids, 1, #ids)) end
if not plan.others then write_messages(messages) end
end
local function write_results(stored, ends)
if #ends == 1 and ends[1] then
redis.call('SET', stored[1], stored[2], 'PXAT', ends[1])
return
end
redis.call('MSET', unpack(stored, 1, #stored))
for at = 1, #ends do
if ends[at] then redis.call('PEXPIREAT', stored[2 * at - 1], ends[at]) end
end
end
local function write_settle(plan)
local count = #plan.gone
if count > 0 then
local removed = redis.call('HDEL', KEYS[1], unpack(plan.gone, 1, count))
if removed < count then exceptions().drop_repeated(plan) end
write_results(plan.stored, plan.ends)
if plan.told then write_told(plan) end
end
return plan.others and exceptions().write_others(plan.others)
end
local function read_plain(want, sparse)
local listed = redis.call('LRANGE', KEYS[5], '-' .. want + 1, '-1')
local length = #listed
local count = math.min(length, want)
if count == 0 then return { kind = 'claimed', ids = {}, values = {}, records = {}, popped = 0, is_plain = true } end
local ids, keys, task_prefix = listed, { unpack(listed, 1, count) }, string.sub(KEYS[1], 1, -8) .. 'task:'
for at = 1, math.floor(length / 2) do ids[at], ids[length + 1 - at] = ids[length + 1 - at], ids[at] end
ids[count + 1] = nil
for at = 1, count do keys[at] = task_prefix .. ids[at] end
local values = redis.call('MGET', unpack(keys, 1, count))
local holders = redis.call('HMGET', KEYS[1], unpack(ids, 1, count))
local aborts = sparse and redis.call('HMGET', KEYS[10], unpack(ids, 1, count)) or {}
local QUEUED, SEMICOLON, byte = 113, 59, string.byte
for at = 1, count do
local value = values[at]
if not value or holders[at] or aborts[at] then return nil end
local state, flag = byte(value, 1, 2)
if state ~= QUEUED or flag ~= SEMICOLON then return nil end
end
local records = sparse and redis.call('HMGET', KEYS[8], unpack(ids, 1, count)) or {}
return {
kind = 'claimed', ids = ids, values = values, records = records, popped = count, leaves = length > count, is_plain = true,
}
end
local function joined(ids, values, listed)
local MOST_JOINED, find = 262144, string.find
local sizes, total = {}, 0
for at = 1, #ids do
sizes[at] = #values[at]
total = total + sizes[at]
if total > MOST_JOINED or find(ids[at], ' ', 1, true) then return ids, {}, values end
end
return listed or table.concat(ids, ' '), sizes, table.concat(values)
end
local function read_claim(worker, acked, want, holds_suspect, sparse, settled, now)
if not redis.call('ZRANK', KEYS[3], worker) then return { kind = 'lapsed', popped = 0 } end
local last = tonumber(redis.call('HGET', KEYS[2], 'n') or 0)
if last < acked then return { kind = 'lapsed', popped = 0 } end
if last > acked then return exceptions().read_repeat(worker, acked, last) end
local suspect = sparse and not holds_suspect and redis.call('LINDEX', KEYS[9], '-1')
local plan = not suspect and read_plain(want, sparse)
or exceptions().read_odd_claim(want, suspect, sparse, settled, now)
plan.number = acked
plan.held = #settled.gone
if plan.held < 8 and #plan.ids > 0 then plan.held = redis.call('HLEN', KEYS[1]) end
return plan
end
local function write_owners(ids, tag, held)
local FEW = 8
local running, owners = KEYS[1], {}
for at = 1, #ids do
owners[2 * at - 1] = ids[at]
owners[2 * at] = tag
end
local becomes_table = held < FEW and held + #ids >= FEW
if becomes_table then redis.call('HSET', running, '', string.rep('.', 65)) end
local added = redis.call('HSET', running, unpack(owners, 1, #owners))
if becomes_table then redis.call('HDEL', running, '') end
return added
end
local function write_claim(worker, plan)
if not plan.is_plain then exceptions().write_odd_claim(plan) end
if #plan.ids == 0 or plan.is_repeat then return false end
plan.number = plan.number + 1
local number = tostring(plan.number)
local tag = worker .. '|' .. number
local added = write_owners(plan.ids, tag, plan.held)
if added < #plan.ids then exceptions().drop_listed_twice(plan) end
plan.listed = table.concat(plan.ids, ' ')
redis.call('HSET', KEYS[2], 'n', number, number, plan.listed)
if not plan.is_plain then exceptions().write_taken_locks(plan.taken, tag) end
return plan.leaves
end
local function read_still_held(ids, tag)
local FEW, held = 500, 0
for first = 1, #ids, FEW do
local holders = redis.call('HMGET', KEYS[1], unpack(ids, first, math.min(first + FEW - 1, #ids)))
for at = 1, #holders do
if holders[at] == tag then held = held + 1 end
end
end
return held
end
local function read_finished(first, last, by_tag)
local MARK, whole_until = 45, last
while whole_until >= first and string.byte(ARGV[whole_until]) == MARK do whole_until = whole_until - 1 end
local numbers = { unpack(ARGV, first, whole_until) }
for at = whole_until + 1, last do
local number = string.sub(ARGV[at], 2)
local ids, tag = {}, ARGV[2] .. '|' .. number
for id in string.gmatch(redis.call('HGET', KEYS[2], number) or '', '%S+') do ids[#ids + 1] = id end
if read_still_held(ids, tag) <= (by_tag[tag] or 0) then numbers[#numbers + 1] = number end
end
return numbers
end
local present = redis.call('EXISTS', KEYS[8], KEYS[9], KEYS[10], KEYS[11])
local is_watched = present > 0 and redis.call('EXISTS', KEYS[11]) == 1
local sparse = present > (is_watched and 1 or 0)
local settled = read_settle(15, 11 + finished, settles, sparse, is_watched, now)
local tend = (tends == '1' or tends == '2' and read_is_neglected(now)) and exceptions().read_tend(exceptions().k, lease, now)
local claim = want > 0 and read_claim(worker, acked, want, ARGV[6] == '1', sparse, settled, now)
local is_claimed = claim and claim.kind == 'claimed'
local falls_short = is_claimed and #claim.ids < want
local next_event = -1
if falls_short then
next_event = read_next_event(settled.others and settled.others.due or {}, now)
end
if finished > 0 and not claim then redis.call('HLEN', KEYS[2]) end
local forgotten = finished > 0 and read_finished(11, 10 + finished, settled.by_tag) or {}
local may_wake = tend or settled.others or is_claimed and claim.leaves
local quiet = may_wake and redis.call('LLEN', KEYS[6]) == 0
local poke = is_claimed and listens == (falls_short and 'inbox' or 'bell') and redis.call('LLEN', KEYS[14]) == 0
local popped = claim and claim.popped or 0
if popped > 0 then
redis.call('LTRIM', KEYS[5], '0', '-' .. popped + 1)
elseif may_wake or poke or is_claimed and not claim.is_plain then
redis.call('ZREM', KEYS[3], '')
end
if settled.others then exceptions().write_locks(settled.others) end
local woken = is_claimed and write_claim(worker, claim)
woken = tend and exceptions().write_tend(exceptions().k, tend, now) or woken
woken = write_settle(settled) or woken
for first = 1, #forgotten, 500 do
redis.call('HDEL', KEYS[2], unpack(forgotten, first, math.min(first + 499, #forgotten)))
end
if poke then
redis.call('RPUSH', KEYS[14], 'wake')
redis.call('PEXPIRE', KEYS[14], 3600000)
end
if woken and quiet then redis.call('LPUSH', KEYS[6], '1') end
if not claim then return { now, settled.verdicts, 'none' } end
if not is_claimed then return { now, settled.verdicts, 'lapsed' } end
local ids, sizes, values = joined(claim.ids, claim.values, claim.listed)
return {
now, settled.verdicts, 'claimed', claim.number, claim.suspect and 1 or 0, (woken or claim.leaves) and 1 or 0,
tend and tend.again and 1 or 0, next_event, ids, sizes, values, claim.records,
}`,
  },
  survey: {
    sha1: '05936a0870dcd19e9cc687b556be6c65780cd5e4',
    source: `local prefix = string.sub(KEYS[1], 1, -8)
local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local what, cursor, count = ARGV[2], ARGV[3], tonumber(ARGV[4])
local function read_keys()
local page, named = redis.call('SCAN', cursor, 'MATCH', prefix .. '*', 'COUNT', count), {}
for at, key in ipairs(page[2]) do
named[2 * at - 1] = string.sub(key, #prefix + 1)
named[2 * at] = redis.call('TYPE', key).ok
end
return page[1], named
end
local function read_elements()
local first = tonumber(cursor)
local page = redis.call('LRANGE', KEYS[3], first, first + count - 1)
return #page < count and '0' or tostring(first + count), page
end
local function read_fields_of_page()
local page = what == 'hash' and redis.call('HSCAN', KEYS[3], cursor, 'COUNT', count)
or redis.call('ZSCAN', KEYS[3], cursor, 'COUNT', count)
local fields = {}
for at = 1, #page[2], 2 do fields[#fields + 1] = page[2][at] end
return page[1], fields
end
local now = read_now()
local protocol = tonumber(redis.pcall('HGET', KEYS[2], 'protocol')) or 0
local next_cursor, found
if what == 'keys' then
next_cursor, found = read_keys()
elseif what == 'list' then
next_cursor, found = read_elements()
else
next_cursor, found = read_fields_of_page()
end
return { now, protocol, next_cursor, found }`,
  },
  unwatch: {
    sha1: '8777f879a33ab36ec1b59299a1257109667691cb',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
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
    sha1: '79a2fd67b14862274d41e52845b46817c59db05b',
    source: `local function read_now()
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
end
local CHUNK = 1000
local function write_chunked(command, key, values)
local sum = 0
for first = 1, #values, CHUNK do
sum = sum + redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, #values)))
end
return sum
end
local function read_fields(key, fields)
if #fields > 0 and #fields <= CHUNK then return redis.call('HMGET', key, unpack(fields, 1, #fields)) end
local found = {}
for first = 1, #fields, CHUNK do
local part = redis.call('HMGET', key, unpack(fields, first, math.min(first + CHUNK - 1, #fields)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
end
local function read_values(keys)
if #keys > 0 and #keys <= CHUNK then return redis.call('MGET', unpack(keys, 1, #keys)) end
local found = {}
for first = 1, #keys, CHUNK do
local part = redis.call('MGET', unpack(keys, first, math.min(first + CHUNK - 1, #keys)))
for index = 1, #part do found[first + index - 1] = part[index] end
end
return found
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
