--- The gradient of several mini-batches for one step, for networks whose gradient the tape makes:
--- with the memory of one. (The core takes large batches in pieces by itself.)
---
---     local sum = accumulate.new(trainer, evaluate)  -- evaluate(batch, w, gradient) -> loss
---     local loss = sum(w)                            -- of trainer.batch; into trainer.gradient
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local number_in = require "mah.base.number_in"
local tensor = require "mah.tensor"

local accumulate = {}

local out = ffi.new "double[1]"

--- What rows first ... first + count - 1 of the order weigh together.
local function weigh(rows, first, count)
  rows.first, rows.count = first, count
  check.status(C.mah_batch_sum_of_weights(out, rows))
  return number_in(out)
end

--- A function of w that computes loss and gradient of the trainer's batch in parts of batch_size
--- rows: their means, in which each row counts as in one large batch, and the penalties once. Each
--- part has a step number of its own for its random numbers.
---@param trainer table
---@param evaluate fun(batch: table, w: tensor, gradient: tensor): number
---@return fun(w: tensor): number
function accumulate.new(trainer, evaluate)
  local batch, gradient, settings = trainer.batch, trainer.gradient, trainer.settings
  local size, most = settings.batch_size, settings.accumulate
  local part, rows = tensor.zeros_like(gradient), ffi.new "mah_batch"
  rows.weight_, rows.order_ = trainer.data.weight, trainer.order

  local function sum(w, first, count, step)
    local parts, total, loss = math.ceil(count / size), weigh(rows, first, count), 0
    batch.l1, batch.l2 = settings.l1 / parts, settings.l2 / parts
    gradient:fill_(0)
    for i = 0, parts - 1 do
      batch.first, batch.count = first + i * size, math.min(size, count - i * size)
      batch.step = step * most + i
      local share = weigh(rows, batch.first, batch.count) / total
      loss = loss + share * evaluate(batch, w, part)
      gradient:axpy_(share, part)
    end
    return loss
  end

  return function(w)
    local first, count, step = batch.first, batch.count, batch.step
    local ok, loss = pcall(sum, w, first, count, step)
    batch.first, batch.count, batch.step = first, count, step
    batch.l1, batch.l2 = settings.l1, settings.l2
    if not ok then error(loss, 0) end
    return loss
  end
end

return accumulate
