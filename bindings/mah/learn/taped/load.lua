--- The network of a file's state, where its function is a layer of mah.nn and its loss has a name:
--- mah.load comes here. Loading runs no code.
local check = require "mah.base.check"
local file = require "mah.learn.taped.file"
local losses = require "mah.learn.taped.losses"
local nn = require "mah.learn.nn.layer"
local network = require "mah.learn.taped.network"
local tree = require "mah.learn.taped.tree"
require "mah.learn.nn" -- the kinds of layers
require "mah.learn.taped.training"

--- Functions are no part of a file.
local function check_functions(state)
  local what = not state.layer and "its forward is a function"
    or state.loss == "custom" and "its loss is a function"
  check.that(not what, "it is made by a script: %s of a script, and a file holds no functions; "
    .. "make the network there, mah.network{...}, and read the parameters into it", what)
end

---@param state table   {network =, training =} of a file
---@return TapedNetwork
return function(state)
  local saved = state.network
  local tensors = file.check(saved)
  check_functions(saved)
  local layer = nn.of_state(saved.layer)
  local net = network.new { tree = tree.read(layer, "network"), apply = layer,
    loss = losses.read(saved.loss, "network"), output = saved.output, inputs = saved.inputs,
    init = tree.expect_init(saved.init, "network") or "glorot_uniform", dtype = saved.dtype }
  file.fill(net, tensors, state, "network")
  return net
end
