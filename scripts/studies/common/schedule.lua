--- How far a report is: which study of how many, and how long the rest may take.
---
---     local schedule = Schedule.new({"neurons", "dropout"}, settings)
---     schedule:begin "dropout"      --> study 2 of 2: dropout (0:26 so far, about 1:49 left)
local mah = require "mah"

local Schedule = {}
Schedule.__index = Schedule

--- Microseconds for each image to train on and each seed, as two cores took them in the preset
--- `quick`. Only how they compare with each other matters.
local pace = {
  hidden_layers = 500, residual_layers = 7500, neurons = 1080, solvers = 960, activations = 960,
  learning_rate = 540, fitting = 125, stopping = 290, dropout = 4540, batch_size = 3200,
  final_model = 2280,
}

local function work_of(name, settings)
  local size = name == "final_model" and settings.final or settings
  return (pace[name] or 3000) * size.n * #size.seeds
end

---@param names string[]    the studies to come
---@param settings table    of the preset
function Schedule.new(names, settings)
  local self = setmetatable({ names = names, start = mah.progress.now(), work = {}, all = 0 },
    Schedule)
  for i, name in ipairs(names) do
    self.work[i] = work_of(name, settings)
    self.all = self.all + self.work[i]
  end
  return self
end

local function clock(seconds)
  seconds = math.floor(seconds + 0.5)
  return ("%d:%02d"):format(math.floor(seconds / 60), seconds % 60)
end

--- The line that tells what begins. The rest is judged by how long what came before took.
---@param name string
---@param seconds number|nil   since the start; measured by default
---@return string
function Schedule:line(name, seconds)
  seconds = seconds or mah.progress.now() - self.start
  local done, place = 0, 1
  while self.names[place] ~= name do
    done, place = done + self.work[place], place + 1
  end
  local line = ("study %d of %d: %s"):format(place, #self.names, name)
  if done == 0 then return line end
  return ("%s (%s so far, about %s left)"):format(line, clock(seconds),
    clock(seconds / done * (self.all - done)))
end

function Schedule:begin(name) io.stderr:write(self:line(name), "\n") end

return Schedule
