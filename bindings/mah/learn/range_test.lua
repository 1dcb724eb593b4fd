--- What a learning rate range test has found: mah.train.find_lr's result, and the rate that it
--- suggests.
---
---     print(found.suggestion, found.lr[1], found.loss[1])
local class = require "mah.base.class"

---@class find_lr
---@field suggestion number|nil   the rate to train with, where the smoothed loss falls fastest; nil
---  where it did not fall
---@field lr number[]             of each step
---@field loss number[]           of each step's mini-batch
---@field smoothed number[]       its mean so far, in which the last ones count most
local RangeTest = class.new("a range test", "found", "suggestion")
class.fields[RangeTest] = { lr = true, loss = true, smoothed = true, suggestion = true }

function RangeTest:__tostring()
  return ("range test of %d learning rates, %.3g to %.3g; suggestion %s"):format(#self.lr,
    self.lr[1], self.lr[#self.lr],
    self.suggestion and ("%.3g"):format(self.suggestion) or "none, no loss fell")
end

--- Where the smoothed loss falls fastest over the logarithm of the rate: fastai's `steep`. A tenth
--- of the test's beginning, where nothing moves, and its last five steps, where the loss grows,
--- are left out (of short tests a tenth of the steps). nil where it does not fall.
local function steepest(lr, smoothed, steps)
  local skipped, best, where = math.min(5, math.floor(steps / 10)), 0, nil
  for i = math.floor(steps / 10) + 1, #lr - skipped - 1 do
    local slope = (smoothed[i + 1] - smoothed[i]) / math.log(lr[i + 1] / lr[i])
    if slope < best then best, where = slope, lr[i] end
  end
  return where
end

--- steps: how many there would have been.
---@param lr number[]
---@param loss number[]       of each mini-batch
---@param smoothed number[]
---@param steps integer
function RangeTest.new(lr, loss, smoothed, steps)
  return setmetatable({ lr = lr, loss = loss, smoothed = smoothed,
    suggestion = steepest(lr, smoothed, steps) }, RangeTest)
end

return RangeTest
