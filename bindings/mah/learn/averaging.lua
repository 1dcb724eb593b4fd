--- The average of a training's weights (mah.average): what becomes of it after steps and epochs,
--- and who gets it.
---
---     trainer.average = averaging.new(net, settings)          -- nil without the option
---     averaging.after_step(trainer)
---     averaging.with(trainer, measure, trainer)               -- the network has averaged weights
local C = require "mah.base.library"
local averages = require "mah.learn.average"
local check = require "mah.base.check"
local ffi = require "ffi"
local kind = require "mah.learn.kind"
local tensor = require "mah.tensor"

local averaging = {}

--- Checks the option: what one of mah.average's has given.
---@param given any
---@return table
function averaging.expect(given)
  local name = type(given) == "table" and rawget(given, "name")
  local make = type(name) == "string" and rawget(averages, name)
  check.that(make, "average must be one of mah.average's, as mah.average.ema{decay = 0.999}; "
    .. "got %s", check.show(given))
  local settings = {}
  for key, value in pairs(given) do
    if key ~= "name" then settings[key] = value end
  end
  return make(settings)
end

--- The settings of the average, too, are complete from here on.
---@param net table
---@param settings table   average: one of mah.average's, or nil
---@return table|nil average   {name, count = of the weights in it, w = (P), buffers = (B) or nil}
function averaging.new(net, settings)
  if settings.average == nil then return nil end
  settings.average = averaging.expect(settings.average)
  local buffers = kind.buffers(net)
  return { name = settings.average.name, count = 0, w = tensor.zeros_like(net.params),
    buffers = buffers and tensor.zeros_like(buffers) }
end

--- The one that another trainer left, where this one goes on with it.
---@param old table|nil
---@return table|nil
function averaging.continue(trainer, old)
  local own = trainer.average
  return own and old and old.name == own.name and old or own
end

-- -- Taking weights in ----------------------------------------------------------------------------

local function describe(c, average, how)
  c.count, c.decay = average.count, how.decay or 0
  c.warms, c.is_equal = how.warmup and 1 or 0, how.name == "swa" and 1 or 0
end

local of_one = ffi.new "mah_average"

local function add(average, how, net)
  describe(of_one, average, how)
  of_one.vector_ = average.w
  check.status(C.mah_average_add(of_one, net.params))
  if average.buffers then
    of_one.vector_, of_one.count = average.buffers, average.count
    check.status(C.mah_average_add(of_one, net.buffers))
  end
  average.count = average.count + 1
end

--- After a step that Lua has made.
function averaging.after_step(trainer)
  local average = trainer.average
  if average and average.name == "ema" then add(average, trainer.settings.average, trainer.net) end
end

--- After an epoch.
function averaging.after_epoch(trainer)
  local average, how = trainer.average, trainer.settings.average
  if not average or average.name ~= "swa" then return end
  local since = trainer.epoch - how.start
  if since >= 0 and since % how.every == 0 then add(average, how, trainer.net) end
end

--- For the steps that the core makes in one call.
function averaging.prepare(trainer)
  local c, average = trainer.training.average, trainer.average
  c.vector_ = nil
  if not average or average.name ~= "ema" then return end
  describe(c, average, trainer.settings.average)
  c.vector_ = average.w
end

function averaging.finish(trainer)
  local c = trainer.training.average
  if c.vector_ ~= nil then trainer.average.count = tonumber(c.count) end
end

-- -- Who gets it ----------------------------------------------------------------------------------

--- The average, once there are weights in it.
---@return table|nil
function averaging.of(trainer)
  local average = trainer.average
  return average and average.count > 0 and average or nil
end

--- A copy of what the network has now.
---@return table   {w, buffers}
function averaging.copy(net)
  local buffers = kind.buffers(net)
  return { w = net.params:clone(), buffers = buffers and buffers:clone() }
end

--- Gives the network the weights, and the buffers if there are any.
---@param from {w: tensor, buffers: tensor?}
function averaging.put(net, from)
  net.params:copy_(from.w)
  if from.buffers then net.buffers:copy_(from.buffers) end
end

--- Calls f(a, b) while the network has the averaged weights, if there are any.
function averaging.with(trainer, f, a, b)
  local average, net = averaging.of(trainer), trainer.net
  if not average then return f(a, b) end
  local own = trainer.own or averaging.copy(net) -- room that is used again
  own.w:copy_(net.params)
  if own.buffers then own.buffers:copy_(net.buffers) end
  trainer.own = own
  averaging.put(net, average)
  local ok, result = pcall(f, a, b)
  averaging.put(net, own)
  if not ok then error(result, 0) end
  return result
end

return averaging
