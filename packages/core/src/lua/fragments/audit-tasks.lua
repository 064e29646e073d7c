-- Whether a task is where its state says, and nowhere else.
local FINISHED, LEAST_KEPT, DEFAULT_KEPT = '+-aepcurm', 60000, 300000

-- All that there is of some tasks. A key that holds no string has no `head`: the walk over the keys tells of it.
-- expects: whether the records that are expected are among the arguments
local function read_tasks(first, count, expects)
  local tasks, ids = {}, {}
  for at = 1, count do ids[at] = string.sub(KEYS[first - 1 + at], #prefix + #'task:' + 1) end
  local tags, records = read_fields(KEYS[1], ids), read_fields(KEYS[5], ids)
  local aborts, watchers = read_fields(KEYS[6], ids), read_fields(KEYS[7], ids)
  local scores = count > 0 and redis.call('ZMSCORE', KEYS[4], unpack(ids, 1, count)) or {}
  for at, id in ipairs(ids) do
    local key = task_key(id)
    local head = redis.pcall('GETRANGE', key, 0, 511) -- no header is longer
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

-- What a worker runs is left to it: its result will be stored, and those who wait are told.
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

-- A value does not say that it is kept for ever: only whoever asks for the audit may know that none is.
local function judge_finished(plan, task, all_end)
  if task.tag then
    add_finding(plan, 'ended', task.id, '', true)
    add_to(plan.fields, KEYS[1], task.id)
  end
  drop_entries(plan, task)
  local readable = string.match(task.head, '^[^;\n]*;[^;\n]*;[^;\n]*;(%d+)')
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
    -- What has moved since it was looked for in the lists is on its way.
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
