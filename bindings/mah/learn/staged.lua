--- Networks with activations in Lua: the core goes from one of them to the next, and the functions
--- of the user compute what is in between (core/learn/stage.h). Batches go through in pieces, so a
--- function sees up to 512 rows at a time; it must treat each row by itself.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local number_in = require "mah.base.number_in"
local tensor = require "mah.tensor"

local staged = {}

local count_out, loss_out = ffi.new "int64_t[1]", ffi.new "double[1]"

-- -- The user's functions -------------------------------------------------------------------------

--- Does the network still hold our piece? A user's function might have used the network itself.
local function check_ours(net, ticket)
  check.that(net.ticket == ticket, "the network cannot be used inside of its own activation")
end

--- Calls forward or backward; the result is a contiguous (rows, units) of the network's dtype.
local function call(net, i, name, ticket, rows, ...)
  local layer = net.layers[i]
  local where = ("layer %d: %s of the activation %s"):format(i, name,
    layer.activation.name or "of your own")
  local result = Type.expect(layer.activation[name](...), where)
  check_ours(net, ticket)
  check.that(result.ndim == 2 and result.shape[1] == rows and result.shape[2] == layer.units,
    "%s: shape (%d, %d) is expected, got (%s)", where, rows, layer.units,
    table.concat(result.shape, ", "))
  return result:to(net.dtype):contiguous()
end

--- A fresh copy of a part of the work space: the user may change it.
local function get(net, what, i, rows)
  local t = tensor.empty(rows, net.layers[i].units, { dtype = net.dtype })
  check.status(C.mah_stage_get(net.handle, t, what, i - 1))
  return t
end

-- -- One piece ------------------------------------------------------------------------------------

--- Loads the rows from `first` on; returns how many there are, and the ticket of this piece.
local function load(net, first)
  net.ticket = net.ticket + 1
  check.status(C.mah_stage_load(net.handle, count_out, first))
  return tonumber(count_out[0]), net.ticket
end

--- Sends the piece through the first `layers` layers; returns the outputs of the user's
--- activations.
local function forward(net, w, rows, ticket, layers)
  local from, ys = 0, {}
  for _, i in ipairs(net.custom) do
    if i > layers then break end
    check.status(C.mah_stage_forward(net.handle, w, from, i))
    ys[i] = call(net, i, "forward", ticket, rows, get(net, C.MAH_STAGE_Z, i, rows))
    check.status(C.mah_stage_set(net.handle, ys[i], C.MAH_STAGE_Y, i - 1))
    from = i
  end
  if from < layers then check.status(C.mah_stage_forward(net.handle, w, from, layers)) end
  return ys
end

local function backward(net, w, gradient, rows, ticket, ys)
  local to = #net.layers
  for k = #net.custom, 1, -1 do
    local i = net.custom[k]
    check.status(C.mah_stage_backward(net.handle, gradient, w, i, to))
    local dy, z = get(net, C.MAH_STAGE_DELTA, i, rows), get(net, C.MAH_STAGE_Z, i, rows)
    local dz = call(net, i, "backward", ticket, rows, ys[i], dy, z)
    check.status(C.mah_stage_set(net.handle, dz, C.MAH_STAGE_DELTA, i - 1))
    to = i
  end
  check.status(C.mah_stage_backward(net.handle, gradient, w, 0, to))
end

-- -- Whole batches --------------------------------------------------------------------------------

--- The loss of a batch and (unless nil) its gradient, as mah_mlp_gradient.
---@param net network
---@param batch ffi.cdata*        mah_batch
---@param w tensor                (P)
---@param gradient tensor|nil     (P), overwritten
---@return number loss
function staged.evaluate(net, batch, w, gradient)
  local first, total = 0, tonumber(batch.count)
  check.status(C.mah_stage_begin(net.handle, w, batch, gradient and 1 or 0))
  repeat
    local rows, ticket = load(net, first)
    local ys = forward(net, w, rows, ticket, #net.layers)
    check.status(C.mah_stage_loss(net.handle))
    if gradient then backward(net, w, gradient, rows, ticket, ys) end
    first = first + rows
  until first >= total
  check.status(C.mah_stage_end(net.handle, loss_out))
  return number_in(loss_out)
end

--- Fills outs[i] (N, units) with the outputs of layer i for each row of x, for each i that is
--- there.
---@param net network
---@param x tensor                    (N, inputs)
---@param outs table<integer, tensor>
function staged.forward(net, x, outs)
  local batch, total, last, first = ffi.new "mah_batch", #x, 0, 0
  if total == 0 then return end
  batch.x = x
  for i in pairs(outs) do last = math.max(last, i) end
  check.status(C.mah_stage_begin(net.handle, net.params, batch, 0))
  while first < total do
    local rows, ticket = load(net, first)
    forward(net, net.params, rows, ticket, last)
    for i, out in pairs(outs) do
      local piece = out:narrow(1, first + 1, rows)
      check.status(C.mah_stage_get(net.handle, piece, C.MAH_STAGE_Y, i - 1))
    end
    first = first + rows
  end
end

return staged
