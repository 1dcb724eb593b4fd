--- What the prompt shows of Mah's own objects: tensors, networks, estimators, runs.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local learn = require "mah.learn.objects"
local terminal = require "mah.base.terminal"

local objects = {}

local ROWS = 10000 -- of the training set, for a score

-- -- Tensors --------------------------------------------------------------------------------------

--- "16 bytes", "1.5 KiB" ...
---@param bytes number
---@return string
function objects.bytes(bytes)
  local units = { "bytes", "KiB", "MiB", "GiB", "TiB" }
  local i = 1
  while bytes >= 1024 and i < #units do bytes, i = bytes / 1024, i + 1 end
  return (i == 1 and "%d %s" or "%.3g %s"):format(bytes, units[i])
end

--- "%.6g" of a number; an int64_t's digits.
local function number_text(x)
  return type(x) == "number" and ("%.6g"):format(x) or (tostring(x):gsub("LL$", ""))
end

--- "min 0  mean 0.13  max 1  std 0.31", and how many are not finite. (Integers are counted in
--- float.)
local function statistics(t)
  if t.elem == C.MAH_BOOL then return ("%d of %d are true"):format(t:sum(), t:numel()) end
  local least, most = t:min(), t:max()
  local text = ("min %s  mean %.6g  max %s"):format(number_text(least), t:mean(),
    number_text(most))
  if t:numel() > 1 then text = text .. ("  std %.6g"):format(t:std()) end
  if C.mah_dtype_is_integer(t.elem) ~= 0 then return text end
  local finite = t:isfinite():sum()
  local others = t:numel() - finite
  if others == 0 then return text end
  return ("%s  (%d not finite: %d NaN)"):format(text, others, t:isnan():sum())
end

--- dtype and shape, statistics, and the values as print shows them.
---@param t tensor
---@return string
function objects.tensor(t)
  local head, values = tostring(t):match "^([^\n]*)\n?(.*)$"
  local n = t:numel()
  if t.ndim == 0 or n == 0 then return head .. "  " .. values end
  local line = terminal.paint("dim", statistics(t))
  return ("%s  %s\n%s\n%s"):format(head, objects.bytes(Type.bytes(t)), line, values)
end

-- -- Networks -------------------------------------------------------------------------------------

--- "tanh", "tanh, batch norm, residual", ...
local function activation_name(layer)
  local name = type(layer.activation) == "string" and layer.activation or "your own"
  if layer.norm then name = ("%s, %s norm"):format(name, layer.norm) end
  if layer.residual then name = name .. ", residual" end
  if layer.max_norm then name = ("%s, max_norm %g"):format(name, layer.max_norm) end
  return name
end

--- How many parameters a layer has, with those of its norm.
local function parameters(layer)
  return layer.weight:numel() + layer.bias:numel() + (layer.norm and 2 * layer.units or 0)
end

--- The parameters of a network of a function.
local function taped_text(net)
  local rows = { { "", "size", "parameters" } }
  for _, one in ipairs(net.names) do
    rows[#rows + 1] = { one.name, table.concat(one.sizes, " x "), tostring(one.count) }
  end
  local what = rawget(net, "model") and "of layers" or "of a function"
  return ("network %s  %s  %s\n%s\n  %d parameters in all"):format(what, net.dtype,
    net.loss_function, terminal.align(rows, { false, false, true }), net.params:numel())
end

--- Its layers, with the number of their parameters.
---@param net network|TapedNetwork
---@return string
function objects.network(net)
  if not rawget(net, "layers") then return taped_text(net) end
  local rows = { { "", "layer", "activation", "dropout", "parameters" } }
  local from = net.inputs
  for i, layer in ipairs(net.layers) do
    rows[#rows + 1] = {
      tostring(i), ("%d -> %d"):format(from, layer.units), activation_name(layer),
      layer.dropout > 0 and ("%g"):format(layer.dropout) or "",
      tostring(parameters(layer)),
    }
    from = layer.units
  end
  return ("network  %s  %s\n%s\n  %d parameters in all"):format(net.dtype, net.loss_function,
    terminal.align(rows, { true, false, false, true, true }), net.params:numel())
end

-- -- Estimators -----------------------------------------------------------------------------------

local function field(t, name) return rawget(t, name) end

--- The score on what was held out, or on (part of) what the fit has seen.
local function score_text(estimator)
  local best = field(estimator, "best_validation_score_")
  if best then return ("%.4f on the validation set"):format(best) end
  local data = estimator.trainer and rawget(estimator.trainer, "data")
  if not data then return nil end
  local n = math.min(ROWS, #data.x)
  local ok, score = pcall(function()
    return estimator.network:score(data.x:narrow(1, 1, n), data.y:narrow(1, 1, n))
  end)
  return ok and ("%.4f on %d training rows"):format(score, n) or nil
end

--- Parameters; when fitted also layers, score, iterations, loss and why it stopped.
---@param estimator table
---@return string
function objects.estimator(estimator)
  local lines = { (tostring(estimator):gsub(", fitted: .*$", ""):gsub("{, ", "{")) }
  local net = field(estimator, "network")
  if not net then return lines[1] .. "\n  not fitted yet" end
  local reason = field(estimator, "stop_reason_")
  local history = field(estimator, "history_")
  local loss, rows = field(estimator, "loss_"), {}
  rows[#rows + 1] = { "layers", tostring(net) }
  rows[#rows + 1] = { "score", score_text(estimator) or "?" }
  rows[#rows + 1] = { "iterations", tostring(field(estimator, "n_iter_")
    or (history and #history.loss) or "?") }
  rows[#rows + 1] = { "loss", loss and ("%.6g"):format(loss) or "?" }
  rows[#rows + 1] = { "stopped", reason and reason.text or "interrupted, or by partial_fit" }
  lines[#lines + 1] = terminal.align(rows)
  return table.concat(lines, "\n")
end

-- -- Runs -----------------------------------------------------------------------------------------

local function run_text(run)
  local loss = run.history.loss
  local rows = {
    { "iterations", tostring(run.n_iter) },
    { "loss", ("%.6g -> %.6g"):format(loss[1] or 0 / 0, loss[#loss] or 0 / 0) },
  }
  local score = run.history.val_score
  if score then
    local best = run.best_epoch and score[run.best_epoch] or score[#score]
    rows[#rows + 1] = { "score", ("%.4f on the validation set"):format(best) }
  end
  rows[#rows + 1] = { "stopped", run.stop_reason.text or run.stop_reason.rule }
  rows[#rows + 1] = { "seconds", ("%.3g"):format(run.seconds) }
  return "training run {n_iter, stop_reason, history, seconds ...}\n" .. terminal.align(rows)
end

-- -- Any of them ---------------------------------------------------------------------------------

--- The text for a table that is one of Mah's objects, else nil. Deeper in a table: one line.
---@return string|nil
function objects.known(t, depth)
  local text
  if learn.is_network(t) then
    text = depth > 0 and "network " .. tostring(t) or objects.network(t)
  elseif learn.is_estimator(t) then
    text = depth > 0 and (tostring(t):gsub(", fitted.*$", "}")) or objects.estimator(t)
  elseif depth == 0 and learn.is_run(t) then
    text = run_text(t)
  end
  return text
end

return objects
