--- The network of a file's state, where its function is a layer of mah.nn and its loss has a name:
--- mah.load comes here. Loading runs no code.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.learn.taped.file"
local losses = require "mah.learn.taped.losses"
local nn = require "mah.learn.nn.layer"
local network = require "mah.learn.taped.network"
local tree = require "mah.learn.taped.tree"
require "mah.learn.nn" -- the kinds of layers
require "mah.learn.taped.training"

local function check_state(state)
  check.that(type(state) == "table" and type(state.entries) == "table", "network is %s",
    check.show(state))
  check.that(state.dtype == "float32" or state.dtype == "float64", "network.dtype is %s",
    check.show(state.dtype))
  check.that(type(state.loss) == "string", "network.loss is %s", check.show(state.loss))
  local scale = state.input_scale
  check.that(scale == nil or type(scale) == "number" and scale - scale == 0 and scale ~= 0,
    "network.input_scale is %s", check.show(scale))
  check.that(state.inputs == nil or type(state.inputs) == "number", "network.inputs is %s",
    check.show(state.inputs))
end

--- Functions are no part of a file.
local function check_functions(state)
  local what = not state.layer and "its forward is a function"
    or state.loss == "custom" and "its loss is a function"
  check.that(not what, "it is made by a script: %s of a script, and a file holds no functions; "
    .. "make the network there, mah.network{...}, and read the parameters into it", what)
end

--- The tensors by name.
local function tensors_of(state)
  local tensors = {}
  for _, one in ipairs(state.entries) do
    check.that(type(one) == "table" and type(one.name) == "string" and Type.is_tensor(one.value),
      "network.entries are damaged")
    tensors[one.name] = one.value
  end
  return tensors
end

---@param state table   {network =, training =} of a file
---@return TapedNetwork
return function(state)
  local saved = state.network
  check_state(saved)
  check_functions(saved)
  local layer = nn.of_state(saved.layer)
  local net = network.new { tree = tree.read(layer, "network"), apply = layer,
    loss = losses.read(saved.loss, "network"), output = saved.output, inputs = saved.inputs,
    init = "glorot_uniform", dtype = saved.dtype }
  file.fill(net, tensors_of(saved), state, "network")
  return net
end
