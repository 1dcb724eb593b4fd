--- FANN's networks (.net, fann_save and fann_save_to_fixed): layered, shortcut and sparse ones,
--- with any of its activation functions and steepnesses, one for each neuron.
---
---     local net = mah.load "xor.net"                    -- net:forward(x) is what fann_run gives
---     local model = mah.load("house.net", { scaling = true })
---
--- A file may hold the scaling that the network was trained with (fann_set_scaling_params).
--- fann_run leaves it out, and so does the network here, with a warning. With scaling = true the
--- model is a pipeline that does what fann_scale_input, fann_run and fann_descale_output do one
--- after the other; scaling = false leaves it out in silence.
---
--- The sigmoid that FANN sets unless told otherwise is a stepwise one (up to 0.033 off), and read
--- as such. With classes, the label is that of the largest output, and the probabilities are the
--- softmax of the outputs (of one output, which must be FANN_SIGMOID: itself). Functions that Mah
--- has not by itself become activations in Lua. Networks of fixed point are read as floats;
--- libfixedfann itself rounds, and takes stepwise functions for the smooth ones.
local chain = require "mah.exchange.chain"
local check = require "mah.base.check"
local file = require "mah.base.file"
local graph = require "mah.exchange.read.fann.graph"
local make = require "mah.tensor.make"
local options_of = require "mah.exchange.given"
local text = require "mah.exchange.read.fann.text"
local warn = require "mah.base.warn"

local fann = { name = "FANN" }

function fann.knows(head) return head:find "^FANN_F[LI][OX]_" ~= nil end

--- The lists of one side as vectors of `width`; what is divided by must not be 0.
local function vectors(net, side, width, divisor)
  local found = {}
  for _, part in ipairs { "mean", "deviation", "new_min", "factor" } do
    local name = part .. "_" .. side
    local values = net.scaling[name]
    check.that(#values == width, "%s: scale_%s has %d values, and %d are expected", net.path, name,
      #values, width)
    for _, value in ipairs(values) do
      check.that(part ~= divisor or value ~= 0, "%s: scale_%s: a 0", net.path, name)
    end
    found[part] = make.tensor(values, { dtype = "float64" })
  end
  return found
end

--- How many there are: the last step but the activation is linear.
local function outputs_of(steps) return steps[#steps - 1].weight.shape[2] end

--- ((x - mean) / deviation + 1) factor + new_min in front; ((y - new_min) / factor - 1) deviation +
--- mean behind.
local function add_scaling(net, steps)
  local into = vectors(net, "in", steps[1].weight.shape[1], "deviation")
  local out = vectors(net, "out", outputs_of(steps), "factor")
  table.insert(steps, 1, { kind = "affine", subtract = into.mean, divide = into.deviation,
    multiply = into.factor, add = into.factor + into.new_min, name = "scale_in" })
  table.insert(steps, { kind = "affine", subtract = out.new_min, divide = out.factor,
    multiply = out.deviation, add = out.mean - out.deviation, name = "scale_out" })
end

---@param path string
---@param given {scaling: boolean?, classes: table?, regression: boolean?}|nil   the last two: of
---  the estimator that it becomes
---@return table   network, estimator or pipeline
function fann.read(path, given)
  local o = options_of(given, { "scaling", "classes", "regression" }, path, "FANN")
  local net = text.read(file.read(path), path)
  local steps = graph.steps(net)
  local outputs = outputs_of(steps)
  if o.scaling then
    check.that(net.scaling, "%s: scaling = true, but the file holds no scaling", path)
    add_scaling(net, steps)
  elseif net.scaling and o.scaling == nil then
    warn("%s: the scaling in it is left out, as fann_run does; scaling = true applies it", path)
  end
  if o.classes and outputs > 1 then
    table.insert(steps, { kind = "activation", name = "softmax" })
  end
  return chain.model(steps, { where = path, classes = o.classes, regression = o.regression })
end

return fann
