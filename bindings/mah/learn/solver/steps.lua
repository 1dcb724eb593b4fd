--- The last steps that L-BFGS remembers, and the direction that follows from them (Nocedal:
--- "Updating quasi-Newton matrices with limited storage", Mathematics of Computation 35, 1980).
---
---     steps.reset(self)                              -- self.history: how many
---     local slope = steps.direct(self, g)            -- self.direction = -H g
---     steps.advance(self, w, g, least)               -- from w to self.point, where g is
---
--- They are in rings: `steps` has what was added to w, s, `changes` that of the gradient, y, and
--- `curvatures` s'y; `newest` is the last one's place, `remembered` how many there are, `scale` the
--- last one's s'y / y'y.
local C = require "mah.base.library"
local check = require "mah.base.check"
local combine = require("mah.learn.solver.descent").combine
local ffi = require "ffi"
local tensor = require "mah.tensor"

local steps = {}

--- There are none, and no room for them either.
function steps.reset(self)
  self.steps, self.changes, self.curvatures = {}, {}, {}
  self.newest, self.remembered, self.scale = 0, 0, 1
end

--- Forgets them; their room stays.
function steps.forget(self) self.newest, self.remembered, self.scale = 0, 0, 1 end

--- The ring's place of the step that was made `age` steps before the newest.
local function place(self, age) return (self.newest - age - 1) % self.history + 1 end

local shares = {}

--- direction = -H g by the two-loop recursion, with H0 = s'y / y'y of the newest step. Each pass
--- over the direction gives the product that the next one needs. Returns the slope along it.
---@param g tensor
---@return number
function steps.direct(self, g)
  local d, n = self.direction, self.remembered
  local S, Y = self.steps, self.changes
  local product = combine(d, -1, g, 0, g, n > 0 and S[place(self, 0)] or g)
  for age = 0, n - 1 do
    local i, older = place(self, age), place(self, age + 1)
    shares[age] = product / self.curvatures[i]
    product = combine(d, 1, d, -shares[age], Y[i], age < n - 1 and S[older] or Y[i])
  end
  local scale = self.scale
  product = product * scale
  for age = n - 1, 0, -1 do
    local i, newer = place(self, age), place(self, age - 1)
    local share = shares[age] - product / self.curvatures[i]
    product = combine(d, scale, d, share, S[i], age > 0 and Y[newer] or g)
    scale = 1
  end
  return product
end

--- Calls f with each step, the oldest first.
---@param f fun(s: tensor, y: tensor)
function steps.each(self, f)
  for age = self.remembered - 1, 0, -1 do
    local i = place(self, age)
    f(self.steps[i], self.changes[i])
  end
end

local out, out2 = ffi.new "double[1]", ffi.new "double[1]"

--- Remembers the step to self.point, where the gradient is g: w and self.g move there. A step whose
--- curvature s'y is not above `least` is not remembered.
---@param w tensor
---@param g tensor
---@param least number
function steps.advance(self, w, g, least)
  local i = place(self, -1)
  local s, y = self.steps[i], self.changes[i]
  if not s then
    s, y = tensor.empty_like(w), tensor.empty_like(w)
    self.steps[i], self.changes[i] = s, y
  end
  check.status(C.mah_vector_advance(out, out2, w, self.g, s, y, self.point, g))
  local sy, yy = out[0], out2[0]
  if not (sy > least and yy < math.huge) then return end
  self.curvatures[i], self.scale = sy, sy / yy
  self.newest, self.remembered = i, math.min(self.remembered + 1, self.history)
end

return steps
