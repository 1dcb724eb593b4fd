--- The residuals of a network whose loss is squared_error, and their derivatives: what a solver
--- with takes_residuals asks for in the place of loss and gradient. Half the sum of their squares
--- is the loss, with weights of rows and with l2, whose residuals are sqrt(l2) times the weights.
---
---     local evaluate = residuals.evaluate(trainer)
---     local r, J = evaluate(w, true)                 -- (m), (m, P)
---
--- A derivative is the gradient of a row with a target that is 1 less than the output: of
--- (p - t)^2 / 2 the slope is then that of p. So the core computes them, row by row and output by
--- output, of whatever it knows; each goes to its row of the matrix.
local check = require "mah.base.check"
local ffi = require "ffi"
local inputs = require "mah.learn.inputs"
local join = require "mah.tensor.join"
local tensor = require "mah.tensor"

local residuals = {}

local MOST_PARAMETERS = 2000
local MOST_ELEMENTS = 2 ^ 26 -- of the matrix of derivatives: half a GiB in float64

--- Does the solver want residuals?
---@param solver any
---@return boolean
function residuals.are_wanted(solver)
  return type(solver) == "table" and solver.full_batch and solver.takes_residuals
end

-- -- What it cannot -------------------------------------------------------------------------------

--- Complains of what has no residuals, or too many.
local function check_training(trainer)
  local net, o, name = trainer.net, trainer.settings, trainer.settings.solver.name
  local function refuse(condition, text, ...)
    if condition then check.raise("mah.train: the solver %s " .. text, name, ...) end
  end
  refuse(net.loss_function ~= "squared_error",
    "is for the loss squared_error; the network's is %s", net.loss_function)
  refuse(o.l1 > 0, "does not go with l1, whose penalty is no square; l2 does")
  refuse(o.clip_norm or o.clip_value, "has no gradient that could be clipped")
  refuse(trainer.ranks, "does not go with distributed = true")
  local count, rows = #net.params, #trainer.order * net.outputs
  refuse(count > MOST_PARAMETERS, "takes apart a matrix of all parameters: at most %d, and the "
    .. "network has %d", MOST_PARAMETERS, count)
  refuse(count * rows > MOST_ELEMENTS, "keeps the derivatives of %d residuals with respect to %d "
    .. "parameters, %.0f numbers; the limit is %.0f", rows, count, count * rows, MOST_ELEMENTS)
end

-- -- Outputs and their derivatives ----------------------------------------------------------------

--- The outputs of all rows with the parameters w.
local function outputs_at(net, w, x)
  local own = net.params
  net.params = w
  local ok, p = pcall(net.forward, net, x)
  net.params = own
  if not ok then error(p, 0) end
  return p
end

--- A batch of one row, for its gradient.
local function new_batch(trainer)
  local batch, x = ffi.new "mah_batch", trainer.data.x
  batch.x, batch.compressed_, batch.order_ = inputs.matrix(x), trainer.compressed, trainer.order
  batch.count, batch.sums_outputs = 1, 1
  return batch
end

--- Writes the derivatives of output k of each row of the batch to J's rows, each `step` after the
--- other. `p` are the outputs of all rows, `room` has their shape.
local function differentiate(s, w, p, k)
  local net, batch, targets = s.trainer.net, s.batch, s.targets
  targets:copy_(p)
  targets:select(2, k):sub_(1)
  batch.y = targets
  for i = 1, s.rows do
    batch.first = i - 1
    net:evaluate(batch, w, s.gradients[(i - 1) * net.outputs + k])
  end
end

-- -- The function that the solver asks ------------------------------------------------------------

--- What an output of a row counts: its residual is the difference times the root of that.
local function shares_of(trainer, rows)
  local outputs, weight = trainer.net.outputs, trainer.data.weight
  if not weight then
    return tensor.full({ #rows, 1 }, 1 / (#rows * outputs), { dtype = "float64" }):sqrt_()
  end
  weight = weight:index_select(1, rows):double()
  return (weight / (weight:sum() * outputs)):sqrt_():unsqueeze(2), weight:sum()
end

--- The places of the weights, which l2 pulls, in the flat vector: a mask.
local function pulled(net)
  local mask = tensor.zeros(#net.params, { dtype = "float64" })
  local first = 1
  for _, layer in ipairs(net.layers) do
    mask:narrow(1, first, layer.weight:numel()):fill_(1)
    first = first + layer.weight:numel() + layer.units
  end
  return mask
end

local function new_state(trainer)
  local net = trainer.net
  local n, rows = #net.params, trainer.order + 1
  local y = trainer.data.y
  local s = { trainer = trainer, rows = #rows, places = rows, batch = new_batch(trainer) }
  local total
  s.shares, total = shares_of(trainer, rows)
  s.y = y:index_select(1, rows):double():reshape(#rows, net.outputs)
  s.targets = tensor.zeros(#y, net.outputs, { dtype = net.dtype })
  s.derivatives = tensor.zeros(#rows * net.outputs, n, { dtype = net.dtype })
  s.gradients = {}
  for i = 1, #rows * net.outputs do s.gradients[i] = s.derivatives:select(1, i) end
  if trainer.settings.l2 > 0 then
    s.pull = pulled(net):mul_(math.sqrt(trainer.settings.l2 / (total or #rows)))
  end
  return s
end

--- evaluate(w, with_jacobian) -> residuals (m), Jacobian (m, P), for the trainer's rows.
---@param trainer table
---@return fun(w: tensor, with_jacobian: boolean): tensor, tensor|nil
function residuals.evaluate(trainer)
  check_training(trainer)
  local net, s = trainer.net, new_state(trainer)
  return function(w, with_jacobian)
    check.that(trainer.in_batch, "evaluate is called outside of the training that it belongs to")
    local p = outputs_at(net, w, trainer.data.x)
    local r = (p:index_select(1, s.places):double() - s.y):mul_(s.shares):reshape(-1)
    if s.pull then r = join.cat { r, w:double() * s.pull } end
    if not with_jacobian then return r end
    for k = 1, net.outputs do differentiate(s, w, p, k) end
    local shares = s.shares:expand(s.rows, net.outputs):reshape(-1, 1)
    local J = s.derivatives:double() * shares
    if s.pull then J = join.cat { J, s.pull:diag() } end
    return r, J
  end
end

return residuals
