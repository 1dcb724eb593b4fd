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
}

local function stop(status, message)
  io.stderr:write("mah: ", message, "\n")
  os.exit(status)
end

--- The message of an error without the place where it was raised.
---@return string
function command_line.message_of(problem) return (tostring(problem):gsub("^[^:]*:%d+: ", "")) end

--- Errors of what people can get wrong here (a file, the output folder) need no traceback.
local function attempt(action, ...)
  local ok, result = pcall(action, ...)
  if not ok then stop(1, command_line.message_of(result)) end
  return result
end
command_line.stop, command_line.attempt = stop, attempt

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

--- Starts a folder anew unless the run goes on.
local function prepare_folder(o)
  attempt(mah.file.make_directory, o.out)
  check_unused(o.out)
  for _, name in ipairs { "results.csv", "claims.csv", "timings.csv", "index.html", "report.md" } do
    os.remove(o.out .. "/" .. name)
  end
  local stale = o.resume and {} or { "", "-wal", "-shm" }
  for _, ending in ipairs(stale) do os.remove(o.out .. "/runs.db" .. ending) end
  attempt(mah.file.write, o.out .. "/manifest.json", "{}\n")
end

--- What a report needs: {preset, settings, data, lang, out, jobs, resume}.
---@param o table    as mah.arguments gave it
---@return table
function command_line.prepare(o)
  if type(o.jobs) == "string" and o.jobs ~= "auto" then
    stop(2, ("--jobs must be a number or auto; got '%s'"):format(o.jobs))
  end
  local settings = presets[o.preset]
  local n, test = sizes_of(settings)
  local drawn = { n = n, test = test }
  local data = attempt(mah.data.load, o.data, o.data == "synthetic" and drawn or nil)
  if o.data == "auto" and data.name ~= "MNIST" then data = mah.data.load("synthetic", drawn) end
  prepare_folder(o)
  print(("data: %s (%s), %d training and %d test images"):format(data.name, data.source,
    #data.train.x, #data.test.x))
  return {
    preset = o.preset, settings = settings, data = data, lang = o.lang, out = o.out, jobs = o.jobs,
    resume = o.resume,
  }
end

return command_line
