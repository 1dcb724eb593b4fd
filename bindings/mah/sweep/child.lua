--- What a worker does: one trial, or some side by side, and a word about how each ended. Its
--- messages are lines with the trial's place among them in front:
---
---     1 R 3 0.912              report(3, 0.912)
---     1 O 3 0.912              the same, of an earlier process: from its checkpoint
---     1 W "warning"            a warning of the trial
---     1 T                      epochs of it were made together with those of others
---     1 D 1.25 {"test":0.93}   done after 1.25 s, with this result
---     1 F 0.01 error "..."     failed, with a reason and the whole story
---     1 A                      it has to run alone
---     1 P                      it has ended because it was pruned
---     1 Z                      it has saved where it stands, and ended, to be gone on with later
local C = require "mah.base.library"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local checkpoint = require "mah.learn.checkpoint"
local checkpoints = require "mah.sweep.checkpoints"
local ffi = require "ffi"
local interactive = require "mah.base.interactive"
local json = require "mah.base.json"
local together = require "mah.learn.together"
local traceback = require "mah.base.traceback"
local trial_state = require "mah.sweep.trial_state"
local warn = require "mah.base.warn"

local child = {}

local MOST_WARNINGS = 100 -- of one trial
local NO_MEMORY = 'F 0 memory "not enough memory, not even for the message"'

-- -- Errors ---------------------------------------------------------------------------------------

--- Any error value as text.
local function message_of(value)
  if type(value) == "string" or type(value) == "number" then return tostring(value) end
  local meta = getmetatable(value)
  if type(meta) == "table" and meta.__tostring then
    local ok, text = pcall(tostring, value)
    if ok and type(text) == "string" then return text end
  end
  local text = value ~= nil and canonical.encode(value)
  return ("(error object is a %s value%s)"):format(type(value), text and ": " .. text or "")
end

--- xpcall's handler: {reason =, text =}.
local function on_error(value)
  local message = message_of(value)
  local is_memory = message:find "not enough memory" or message:find "out of memory"
  local trace = traceback.text()
  return { reason = is_memory and "memory" or "error",
    text = trace and message .. "\n" .. trace or message }
end

-- -- Results --------------------------------------------------------------------------------------

--- A result as an object: a table of names as it is, anything else under the name "value".
local function as_object(result)
  if result == nil then return {} end
  if type(result) == "table" and #result == 0 then return result end
  return { value = result }
end

--- The result's text; or nil, the reason and what is wrong.
local function encode_result(result)
  local text, problem = canonical.encode(as_object(result))
  if text then return text end
  local is_nan = problem:find "NaN$"
  return nil, is_nan and "nan" or "result", "the trial's result cannot be stored: " .. problem
end

-- -- The trial ------------------------------------------------------------------------------------

--- voice: {channel =, number =} of one of the worker's trials.
local function send(voice, line)
  line = ("%d %s\n"):format(voice.number, line)
  check.status(C.mah_worker_send(voice.channel, line, #line))
end

--- Waits for the coordinator's word: "c" to go on, "p" pruned, "s" to save and end.
local function wait_for_answer(voice)
  local answer, got = ffi.new "char[1]", ffi.new "int64_t[1]"
  check.status(C.mah_worker_receive(got, voice.channel, answer, 1))
  return string.char(answer[0])
end

--- The trial's second argument: report(epoch, value). `waits`: the coordinator answers, or kills
--- us.
local function new_report(voice, waits)
  return function(epoch, value)
    check.that(type(epoch) == "number" and epoch - epoch == 0,
      "report(epoch, value): the epoch must be a number, got %s", check.show(epoch))
    check.that(type(value) == "number", "report(epoch, value): the value must be a number, got %s",
      check.show(value))
    local session = checkpoint.session()
    if session then session:note { epoch = epoch, value = value } end
    send(voice, ("R %.17g %.17g"):format(epoch, value))
    local answer = waits and wait_for_answer(voice)
    if answer == "s" then session:suspend() end
    if answer ~= "p" then return end
    together.leave "pruned"
    check.raise "report(epoch, value): the trial has been pruned"
  end
end

--- Takes warnings to the coordinator: on stderr they would run into its live line.
local function new_listener(voice)
  local count = 0
  return function(where, text)
    count = count + 1
    if count > MOST_WARNINGS then return end
    send(voice, ("W %s"):format(json.string(canonical.clean(where .. text))))
  end
end

--- The same, and a checkpoint has them.
local function noting(listen)
  return function(where, text)
    local session = checkpoint.session()
    if session then session:note { where = where, text = text } end
    listen(where, text)
  end
end

--- Runs the trial and returns the last message.
local function perform(trial, params, report)
  local start = together.now()
  local ok, result = xpcall(function() return trial(params, report) end, on_error)
  local seconds = together.now() - start
  local text, reason, problem
  if ok then
    text, reason, problem = encode_result(result)
  elseif type(result) == "table" then
    reason, problem = result.reason, result.text
  else -- there was no memory, or no stack, for our handler
    problem = tostring(result)
    reason = problem:find "memory" and "memory" or "error"
  end
  if text then return ("D %.17g %s"):format(seconds, text) end
  return ("F %.17g %s %s"):format(seconds, reason, json.string(canonical.clean(problem)))
end

local function last_word(trial, job, report)
  local ok, line = pcall(function()
    local params = canonical.decode(job.text)
    if params.seed == nil then params.seed = job.seed end
    return perform(trial, params, report)
  end)
  if ok then return line end
  ok, line = pcall(function()
    return ("F 0 error %s"):format(json.string(canonical.clean(tostring(line))))
  end)
  return ok and line or NO_MEMORY
end

--- Says how a trial ended. Memory is what all have together: where it is short, each runs alone.
local function say_last(voice, line, is_one_of_many)
  if together.has_company() then send(voice, "T") end
  if is_one_of_many and line:find "^F %S+ memory" then line = "A" end
  C.mah_worker_flush()
  line = ("%d %s\n"):format(voice.number, line)
  C.mah_worker_send(voice.channel, line, #line)
end

local function say_timeout(voice, seconds, limit)
  local text = ("it took longer than the timeout of %g s"):format(limit)
  send(voice, ("F %.17g timeout %s"):format(seconds, json.string(text)))
end

local last_letter = { pruned = "P", paused = "Z" }

--- What is said for a trial that left.
local function on_end(voice, member, limit)
  if not member.left then return end
  if member.together then send(voice, "T") end
  if member.left == "timeout" then return say_timeout(voice, member.seconds, limit) end
  send(voice, last_letter[member.left] or "A")
end

-- -- Checkpoints ----------------------------------------------------------------------------------

local training = 0 -- trials of this process that are within a training

--- As long as one of them is, the coordinator's signal is heard, and does not end the process.
local function note_training(by)
  training = training + by
  C.mah_worker_may_pause(training)
end

--- The trial's session of checkpoints, where there are to be some.
local function new_session(voice, listen, o, job, is_one_of_many)
  if not (o.checkpoint and job.identity) then return nil end
  return checkpoint.new {
    seconds = o.checkpoint.seconds,
    path = function(n) return checkpoints.path(o.checkpoint, job.identity, n) end,
    on_begin = function() note_training(1) end,
    on_end = function() note_training(-1) end,
    on_note = function(note)
      if note.epoch then return send(voice, ("O %.17g %.17g"):format(note.epoch, note.value)) end
      if not warn.said[note.text] then listen(note.where, note.text) end
      warn.said[note.text] = true
    end,
    is_one_of_many = is_one_of_many,
    on_pause = function()
      if is_one_of_many then return together.leave "paused" end
      say_last(voice, "Z")
      C.mah_worker_exit(0)
    end,
  }
end

-- -- The worker -----------------------------------------------------------------------------------

--- Runs trials in this process and ends it.
---@param channel integer
---@param o {trial: function, waits: boolean, timeout: number|nil,
---  checkpoint: {seconds: number, folder: string}|nil}   waits: does the coordinator answer to
---  reports?
---@param jobs {text: string, seed: integer, identity: string?}[]   canonical parameters
function child.run(channel, o, jobs)
  debug.sethook()
  interactive.watches, interactive.is_worker = false, true
  local voices, states, functions, sessions = {}, {}, {}, {}
  for i, job in ipairs(jobs) do
    local voice = { channel = channel, number = i }
    local listen = new_listener(voice)
    voices[i], states[i] = voice, trial_state.new(job.seed, noting(listen))
    sessions[i] = new_session(voice, listen, o, job, #jobs > 1)
    functions[i] = function()
      say_last(voice, last_word(o.trial, job, new_report(voice, o.waits)), #jobs > 1)
    end
  end
  local function enter(i)
    states[i]:enter()
    checkpoint.use(sessions[i])
  end
  if #jobs == 1 then
    enter(1)
    functions[1]()
  else
    together.run(functions, { seconds = o.timeout,
      enter = function(member) enter(member.number) end,
      leave = function(member) states[member.number]:leave() end,
      on_end = function(member) on_end(voices[member.number], member, o.timeout) end })
  end
  C.mah_worker_exit(0)
end

return child
