--- What happens around a solver's step: parameters that are frozen, or have settings of their own
--- (groups.lua), norms of units that are held back, and the average of the weights (averaging.lua).
--- The core does the same within the one call of an epoch, with the same bits.
---
---     local around = Around.new(net, settings)
---     local loss, reason = around:step(trainer)        -- a step that Lua makes
---     around:prepare(trainer)                          -- or for those of the core
local C = require "mah.base.library"
local averaging = require "mah.learn.averaging"
local check = require "mah.base.check"
local ffi = require "ffi"
local groups = require "mah.learn.groups"
local rule = require "mah.learn.solver.rule"

local Around = {}
Around.__index = Around

--- The limits of weights that are not frozen, for the core.
local function norms_of(net, frozen)
  local list = {}
  for i, one in ipairs(net.names) do
    if one.max_norm and not frozen[i] then list[#list + 1] = one end
  end
  local c = ffi.new("mah_max_norm[?]", #list)
  for i, one in ipairs(list) do
    local units = one.sizes[#one.sizes]
    c[i - 1].first, c[i - 1].units, c[i - 1].inputs = one.first - 1, units, one.count / units
    c[i - 1].limit = one.max_norm
  end
  return c, #list
end

--- The parts of a flat vector that are frozen.
local function frozen_parts(ranges, flat)
  local parts = {}
  for _, r in ipairs(ranges) do
    if r.frozen then parts[#parts + 1] = flat:narrow(1, r.first, r.count) end
  end
  return parts
end

---@param net table        a network
---@param settings table   of a training: groups, freeze, solver
---@return table
function Around.new(net, settings)
  local self = setmetatable({ groups = groups.read(net, settings) }, Around)
  self.norms, self.norm_count = norms_of(net, self.groups and self.groups.frozen or {})
  self.frozen = self.groups and frozen_parts(self.groups.ranges, net.params) or {}
  return self
end

--- A gradient is 0 where parameters are frozen.
function Around:hold(gradient)
  if not self.frozen[1] then return end
  if not rawequal(self.held_gradient, gradient) then
    self.held_gradient = gradient
    self.still = frozen_parts(self.groups.ranges, gradient)
  end
  for _, part in ipairs(self.still) do part:fill_(0) end
end

--- So are the derivatives of residuals (m, P).
---@return tensor J
function Around:hold_columns(J)
  for _, r in ipairs(self.frozen[1] and self.groups.ranges or {}) do
    if r.frozen then J:narrow(2, r.first, r.count):fill_(0) end
  end
  return J
end

--- Calls a solver that knows of no frozen parameters, and puts these back.
local function call(self, solver, evaluate, w)
  local frozen = self.frozen
  if not frozen[1] then return solver(evaluate, w) end
  self.kept = self.kept or {}
  for i, part in ipairs(frozen) do
    self.kept[i] = self.kept[i] or part:clone()
    self.kept[i]:copy_(part)
  end
  local loss, reason = solver(evaluate, w)
  for i, part in ipairs(frozen) do part:copy_(self.kept[i]) end
  return loss, reason
end

--- One step of the trainer's solver, and what comes after it.
---@return any loss, any reason   what the solver returns
function Around:step(trainer)
  local solver, w = trainer.settings.solver, trainer.net.params
  local loss, reason
  if self.groups and rule.known(solver) then
    loss = rule.step(solver, trainer.evaluate, w, self.groups)
  else
    loss, reason = call(self, solver, trainer.evaluate, w)
  end
  if self.norm_count > 0 then
    check.status(C.mah_max_norm_apply(w, self.norms, self.norm_count))
  end
  averaging.after_step(trainer)
  return loss, reason
end

--- Tells the trainer's mah_training, which this keeps alive.
function Around:prepare(trainer)
  local training = trainer.training
  training.rule.ranges_ = self.groups and self.groups.c or nil
  training.rule.n_ranges = self.groups and #self.groups.ranges or 0
  training.max_norms, training.n_max_norms = self.norms, self.norm_count
  averaging.prepare(trainer)
end

--- All of it as a text, "" where there is nothing: what trainings must have in common to be the
--- same. (Norms are the network's.)
---@param settings table   of the training
---@return string
function Around:describe(settings)
  local parts, average = {}, settings.average
  for _, r in ipairs(self.groups and self.groups.ranges or {}) do
    parts[#parts + 1] = ("%.17g to %.17g lr x %.17g decay %s%s"):format(r.first,
      r.first + r.count - 1, r.lr_scale, tostring(r.weight_decay), r.frozen and " frozen" or "")
  end
  if average then
    parts[#parts + 1] = ("average %s %s %s %s %s"):format(average.name, tostring(average.decay),
      tostring(average.warmup), tostring(average.start), tostring(average.every))
  end
  if settings.augment then parts[#parts + 1] = tostring(settings.augment) end
  return table.concat(parts, ", ")
end

return Around
