--- The residuals of a network whose loss is the squared error, and their derivatives: what a solver
--- with takes_residuals asks for in the place of loss and gradient. Half the sum of their squares
--- is the loss, with weights of rows and with l2, whose residuals are sqrt(l2) times the weights.
---
---     local evaluate = residuals.evaluate(trainer)
---     local r, J = evaluate(w, true)                 -- (m), (m, P)
local check = require "mah.base.check"
local join = require "mah.tensor.join"
local kind = require "mah.learn.kind"
local tensor = require "mah.tensor"

local residuals = {}

local MOST_PARAMETERS = 2000
local MOST_ELEMENTS = 2 ^ 26 -- of the matrix of derivatives: half a GiB in float64

--- Losses that are sums of squares -> how many times half the mean they are.
local factors = { squared_error = 1, mse = 2 }

--- Does the solver want residuals?
---@param solver any
---@return boolean
function residuals.are_wanted(solver)
  return type(solver) == "table" and solver.full_batch and solver.takes_residuals
end

--- Complains of what has no residuals, or too many.
local function check_training(trainer, outputs)
  local net, o, name = trainer.net, trainer.settings, trainer.settings.solver.name
  local function refuse(condition, text, ...)
    if condition then check.raise("mah.train: the solver %s " .. text, name, ...) end
  end
  refuse(not factors[net.loss_function], "is for the loss squared_error; the network's is %s",
    tostring(net.loss_function))
  refuse(o.l1 > 0, "does not go with l1, whose penalty is no square; l2 does")
  refuse(o.clip_norm or o.clip_value, "has no gradient that could be clipped")
  refuse(trainer.ranks, "does not go with distributed = true")
  local count, rows = #net.params, #trainer.order * outputs
  refuse(count > MOST_PARAMETERS, "takes apart a matrix of all parameters: at most %d, and the "
    .. "network has %d", MOST_PARAMETERS, count)
  refuse(count * rows > MOST_ELEMENTS, "keeps the derivatives of %d residuals with respect to %d "
    .. "parameters, %.0f numbers; the limit is %.0f", rows, count, count * rows, MOST_ELEMENTS)
end

--- What an output of a row counts: its residual is the difference times the root of that. And the
--- sum of the rows' weights.
local function shares_of(trainer, rows, outputs, factor)
  local weight = trainer.data.weight
  if not weight then
    local share = factor / (#rows * outputs)
    return tensor.full({ #rows, 1 }, share, { dtype = "float64" }):sqrt_(), #rows
  end
  weight = weight:index_select(1, rows):double()
  local total = weight:sum()
  return (weight * (factor / (total * outputs))):sqrt_():unsqueeze(2), total
end

--- evaluate(w, with_jacobian) -> residuals (m), Jacobian (m, P), for the trainer's rows.
---@param trainer table
---@return fun(w: tensor, with_jacobian: boolean): tensor, tensor|nil
function residuals.evaluate(trainer)
  local net, y, rows = trainer.net, trainer.data.y, trainer.order + 1
  local outputs = type(y) == "table" and 1 or y:numel() / #y
  check_training(trainer, outputs)
  local slopes, pulled = kind.of(net).slopes(trainer)
  local targets = y:index_select(1, rows):double():reshape(#rows, outputs)
  local shares, total = shares_of(trainer, rows, outputs, factors[net.loss_function])
  local all_shares = shares:expand(#rows, outputs):reshape(-1, 1)
  local l2 = trainer.settings.l2
  local pull = l2 > 0 and pulled:mul_(math.sqrt(l2 / total)) or nil
  return function(w, with_jacobian)
    check.that(trainer.in_batch, "evaluate is called outside of the training that it belongs to")
    local p, D = slopes(w, with_jacobian)
    local r = (p:double():reshape(#rows, outputs) - targets):mul_(shares):reshape(-1)
    if pull then r = join.cat { r, w:double() * pull } end
    if not with_jacobian then return r end
    local J = D:double() * all_shares
    return r, trainer.around:hold_columns(pull and join.cat { J, pull:diag() } or J)
  end
end

return residuals
