--- The command line of the report and of each study, and how such a program ends early.
local mah = require "mah"
local presets = require "common.presets"

local command_line = {}

command_line.rules = {
  preset = { "quick", { "smoke", "quick", "full" }, help = "how much to run" },
  data = { "auto", "string", help = "auto, synthetic, or the directory of MNIST's files" },
  jobs = { "auto", "integer|string", "[1, 4096]", help = "trials at a time" },
  lang = { "en", { "en", "fa" }, help = "English or Persian" },
  out = { "out/report", "string", help = "the directory to write to" },
  resume = { false, "boolean", help = "go on where the last run stopped" },
  fresh = { false, "boolean", help = "drop the trials of the last run" },
  models = { false, "boolean", help = "keep the final model, as model.safetensors" },
}

local function stop(status, message)
  io.stderr:write("mah: ", message, "\n")
  os.exit(status)
end

--- The message of an error without the place where it was raised.
---@return string
function command_line.message_of(problem)
  return (tostring(problem):gsub("^%[builtin:[^%]]*%]:%d+: ", ""):gsub("^[^:]*:%d+: ", ""))
end

local function stop_if_interrupted(problem)
  local text = command_line.message_of(problem)
  if text:find "interrupted" then stop(130, text) end
end

--- Errors of what people can get wrong here (a file, the output folder) need no traceback.
local function attempt(action, ...)
  local ok, result = pcall(action, ...)
  if ok then return result end
  stop_if_interrupted(result)
  stop(1, command_line.message_of(result))
end
command_line.stop, command_line.attempt = stop, attempt

--- Runs the program. Ctrl-C needs no traceback, wherever it comes; a mistake of the program does.
---@param program function
function command_line.main(program)
  local ok, trace = xpcall(program, function(problem)
    if type(problem) ~= "string" then return problem end -- how a program ends early
    stop_if_interrupted(problem)
    return debug.traceback(problem, 2)
  end)
  if ok then return end
  if type(trace) == "string" then stop(1, trace) end
  error(trace, 0)
end

--- Ends the program because a study that was asked for cannot run here.
function command_line.refuse(study)
  stop(1, ("%s does not apply to this preset and these data"):format(study.id))
end

--- Training and test images of the synthetic digits for a preset.
local function sizes_of(preset)
  local n = math.max(preset.n + preset.validation, preset.final.n)
  return n, preset.test
end

--- Complains when another report is being written to the folder: its trials would be lost.
local function check_unused(folder)
  local pid = mah.sweep.runner(folder .. "/runs.db")
  if pid then stop(1, ("'%s' is being written by process %d"):format(folder, pid)) end
end

--- How many trials of these studies have finished in a store; of what is no store, none.
local function finished_trials(path, studies)
  local count = 0
  for _, name in ipairs(mah.file.exists(path) and studies or {}) do
    local ok, study = pcall(mah.sweep.open, path, name)
    for _, row in ipairs(ok and study:results() or {}) do
      count = count + (row.status == "done" and 1 or 0)
    end
  end
  return count
end

local function remove_store(path)
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(path .. ending) end
end

--- Without --resume a run trains everything anew. What an earlier one had trained is not lost by
--- that: its store is set aside, unless --fresh says that it may go.
local function clear_store(o, studies)
  local path, aside = o.out .. "/runs.db", o.out .. "/earlier.db"
  local count = o.fresh and 0 or finished_trials(path, studies)
  if count > 0 then
    io.stderr:write(("mah: '%s' has %d trials that have finished. They run anew; the store of "
      .. "those is now earlier.db. (--resume takes them over, --fresh drops them.)\n"):format(o.out,
      count))
    remove_store(aside)
    os.rename(path, aside)
  end
  remove_store(path)
end

--- Starts a folder anew unless the run goes on.
local function prepare_folder(o, studies)
  attempt(mah.file.make_directory, o.out)
  check_unused(o.out)
  for _, name in ipairs { "results.csv", "claims.csv", "timings.csv", "index.html", "report.md" } do
    os.remove(o.out .. "/" .. name)
  end
  if not o.resume then clear_store(o, studies) end
  attempt(mah.file.write, o.out .. "/manifest.json", "{}\n")
end

--- What a report needs: {preset, settings, data, lang, out, jobs, resume, models}.
---@param o table    as mah.arguments gave it
---@param studies string[]   those whose trials the folder may have
---@return table
function command_line.prepare(o, studies)
  if type(o.jobs) == "string" and o.jobs ~= "auto" then
    stop(2, ("--jobs must be a number or auto; got '%s'"):format(o.jobs))
  end
  if o.resume and o.fresh then stop(2, "either --resume or --fresh") end
  local settings = presets[o.preset]
  local n, test = sizes_of(settings)
  local drawn = { n = n, test = test }
  local data = attempt(mah.data.load, o.data, o.data == "synthetic" and drawn or nil)
  if o.data == "auto" and data.name ~= "MNIST" then
    data = attempt(mah.data.load, "synthetic", drawn)
  end
  prepare_folder(o, studies)
  print(("data: %s (%s), %d training and %d test images"):format(data.name, data.source,
    #data.train.x, #data.test.x))
  return {
    preset = o.preset, settings = settings, data = data, lang = o.lang, out = o.out, jobs = o.jobs,
    resume = o.resume, models = o.models,
  }
end

return command_line
