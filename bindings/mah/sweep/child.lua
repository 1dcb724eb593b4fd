--- What a worker does: one trial, and a word about how it ended. Its messages are lines:
---
---     R 3 0.912              report(3, 0.912)
---     W "warning"            a warning of the trial
---     D 1.25 {"test":0.93}   done after 1.25 s, with this result
---     F 0.01 error "..."     failed, with a reason and the whole story
local C = require "mah.base.library"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local ffi = require "ffi"
local json = require "mah.base.json"
local progress = require "mah.base.progress"
local random = require "mah.tensor.random"
local traceback = require "mah.base.traceback"
local warn = require "mah.base.warn"

local child = {}

local MOST_WARNINGS = 100 -- of one trial
local NO_MEMORY = 'F 0 memory "not enough memory, not even for the message"\n'

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

local function send(channel, line) check.status(C.mah_worker_send(channel, line, #line)) end

--- The trial's second argument: report(epoch, value). `waits`: the coordinator answers, or kills
--- us.
local function new_report(channel, waits)
  local answer, got = ffi.new "char[1]", ffi.new "int64_t[1]"
  return function(epoch, value)
    check.that(type(epoch) == "number" and epoch - epoch == 0,
      "report(epoch, value): the epoch must be a number, got %s", check.show(epoch))
    check.that(type(value) == "number", "report(epoch, value): the value must be a number, got %s",
      check.show(value))
    send(channel, ("R %.17g %.17g\n"):format(epoch, value))
    if waits then check.status(C.mah_worker_receive(got, channel, answer, 1)) end
  end
end

--- The trial's warnings go to the coordinator: on stderr they would run into its live line.
local function send_warnings(channel)
  local count = 0
  warn.said = {}
  warn.to = function(where, text)
    count = count + 1
    if count <= MOST_WARNINGS then
      send(channel, ("W %s\n"):format(json.string(canonical.clean(where .. text))))
    end
  end
end

--- Runs the trial and returns the last message.
local function perform(trial, params, report)
  local start = progress.now()
  local ok, result = xpcall(function() return trial(params, report) end, on_error)
  local seconds = progress.now() - start
  local text, reason, problem
  if ok then
    text, reason, problem = encode_result(result)
  elseif type(result) == "table" then
    reason, problem = result.reason, result.text
  else -- there was no memory, or no stack, for our handler
    problem = tostring(result)
    reason = problem:find "memory" and "memory" or "error"
  end
  if text then return ("D %.17g %s\n"):format(seconds, text) end
  return ("F %.17g %s %s\n"):format(seconds, reason, json.string(canonical.clean(problem)))
end

--- Runs one trial in this process and ends it.
---@param channel integer
---@param trial fun(p: table, report: function): any
---@param job {text: string, seed: integer}   canonical parameters
---@param waits boolean   does the coordinator answer to reports?
function child.run(channel, trial, job, waits)
  debug.sethook()
  send_warnings(channel)
  math.randomseed(job.seed)
  random.manual_seed(job.seed)
  local ok, line = pcall(function()
    local params = canonical.decode(job.text)
    if params.seed == nil then params.seed = job.seed end
    return perform(trial, params, new_report(channel, waits))
  end)
  if not ok then
    ok, line = pcall(function()
      return ("F 0 error %s\n"):format(json.string(canonical.clean(tostring(line))))
    end)
  end
  if not ok then line = NO_MEMORY end
  C.mah_worker_flush()
  C.mah_worker_send(channel, line, #line)
  C.mah_worker_exit(0)
end

return child
