--- One pass of a network of a function in Lua: rows, scores, loss, and back to the flat gradient.
---
---     local batch = pass.batch(net, { x = x, y = y }, { order = order, is_training = true })
---     batch.first, batch.count = 0, 200
---     local loss = pass.evaluate(net, batch, w, gradient)
---
--- A batch keeps what its steps have in common: for each number of rows the tensors that rows are
--- picked into, and the tape's records, whose results and gradients are written to again (see
--- grad/tape.lua). The gradients of parameters are written straight into their places in the flat
--- gradient.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local operands = require "mah.grad.operands"
local random = require "mah.tensor.random"
local rows = require "mah.learn.taped.rows"
local tape = require "mah.grad.tape"
local traced = require "mah.tensor.traced"
local tree = require "mah.learn.taped.tree"
local warn = require "mah.base.warn"

local raw = operands.raw

local pass = {}

-- -- Batches --------------------------------------------------------------------------------------

local MOST_ROOMS = 4 -- numbers of rows: a training has two

--- A batch of a data set; without an order of rows it is all of them.
---@param net table
---@param set {x: any, y: any, weight: tensor?}
---@param o {order: tensor?, is_training: boolean?, l1: number?, l2: number?, owner: table?,
---  noise: string?, watch: boolean?, augmenter: ffi.cdata*?}   owner: the trainer; noise: why
---  random numbers are refused
---@return table
function pass.batch(net, set, o)
  return {
    set = set, order_ = o.order, first = 0, count = 0, seed = 0, step = 0, l1 = o.l1 or 0,
    l2 = o.l2 or 0, is_training = o.is_training or false, owner = o.owner, noise = o.noise,
    watch = o.watch or false, augmenter = o.augmenter, epoch = 1, rooms = {}, room_count = 0,
    ways = setmetatable({}, { __mode = "k" }),
    all = not o.order and { x = rows.all(set.x, net), y = rows.all(set.y, net), pool = {},
      weight = set.weight and rows.all(set.weight, net) } or nil,
  }
end

--- What is kept for so many rows.
local function new_room(net, batch, count)
  local set = batch.set
  return { pool = {}, x = rows.feed(set.x, net, count), y = rows.feed(set.y, net, count),
    weight = set.weight and rows.feed(set.weight, net, count) }
end

--- The rows of the batch at hand, and the records for them.
local function take_rows(net, batch)
  local all = batch.all
  if all then return all.pool, all.x, all.y, all.weight end
  local room = batch.rooms[batch.count]
  if not room then
    if batch.room_count >= MOST_ROOMS then batch.rooms, batch.room_count = {}, 0 end
    room = new_room(net, batch, batch.count)
    batch.rooms[batch.count], batch.room_count = room, batch.room_count + 1
  end
  local places = batch.order_:narrow(1, batch.first + 1, batch.count)
  local x, augmenter = room.x(places), batch.augmenter
  if augmenter then
    check.status(C.mah_augmenter_change_rows(x, places, augmenter, batch.seed, batch.epoch))
  end
  return room.pool, x, room.y(places), room.weight and room.weight(places)
end

-- -- Parameters -----------------------------------------------------------------------------------

--- The tree that a function is given, whose ends are filled anew for each tape.
local function new_slots(net)
  local slots, root = {}, {}
  local function walk(form, holder, key)
    if form.is_leaf == true then
      slots[form] = { holder = holder, key = key }
      return
    end
    holder[key] = {}
    for name, inner in pairs(form) do walk(inner, holder[key], name) end
  end
  walk(net.tree.form, root, 1)
  local list = {}
  for i, leaf in ipairs(net.tree.parameters) do list[i] = slots[leaf] end
  for _, leaf in ipairs(net.tree.buffers) do
    slots[leaf].holder[slots[leaf].key] = tree.view(leaf, net.buffers)
  end
  return root, list
end

--- Views of the flat vector w, and for a gradient the places in it.
local function way_of(net, batch, w, gradient)
  local way = batch.ways[w]
  if not way then
    way = { values = tree.views(net.tree.parameters, w) }
    batch.ways[w] = way
  end
  if gradient and not rawequal(way.gradient, gradient) then
    way.gradient, way.sinks = gradient, tree.views(net.tree.parameters, gradient)
    way.root, way.slots = new_slots(net)
    way.slopes = nil
  end
  return way
end

local function plain_parameters(net, w)
  if rawequal(w, net.params) then return net.parameters end
  return tree.of_views(net.tree, w, net.buffers)
end

--- The tree of leaves on a new tape.
local function lifted(t, way)
  local slots, values, sinks = way.slots, way.values, way.sinks
  for i = 1, #values do
    local slot = slots[i]
    slot.holder[slot.key] = t:leaf(values[i], sinks[i])
  end
  return way.root[1]
end

-- -- What a function knows of the training --------------------------------------------------------

--- The training of a batch whose loss must not change: there are no random numbers.
local function without_noise(why)
  return setmetatable({}, { __index = function(_, name)
    if name == "rng" then check.raise("%s", why) end
  end })
end

--- {rng =, step =, epoch =}; false in evaluation. The generator is that of the step: evaluated
--- again, the step draws the same.
local function training_of(batch)
  if not batch.is_training then return false end
  local training = batch.told
  if not training then
    training = batch.noise and without_noise(batch.noise) or { rng = random.rng(0) }
    batch.told = training
  end
  training.step, training.epoch = batch.step + 1, batch.owner and batch.owner.epoch or 1
  if not batch.noise then
    C.mah_rng_seed(training.rng.core, C.MAH_RNG_PHILOX, batch.seed, batch.step + 1)
  end
  return training
end

-- -- Forward --------------------------------------------------------------------------------------

--- What the function of a network gives, checked.
---@return any scores
function pass.scores(net, p, x, training)
  local scores = net.apply(p, x, training)
  if scores == nil then
    check.raise("mah.network: forward gives nothing; it returns the scores of the rows")
  end
  if type(scores) ~= "table" and type(scores) ~= "cdata" then
    check.raise("mah.network: forward gives %s; a tensor, or a table of tensors is expected",
      check.show(scores))
  end
  return scores
end

--- One number, traced or plain, of the loss; or a tensor with it alone.
local function loss_of(net, scores, y, weight)
  local loss = net.loss_rule.of(scores, y, weight)
  local plain = raw(loss)
  if type(plain) == "number" then return loss end
  local is_tensor = Type.is_tensor(plain)
  if not is_tensor or plain:numel() ~= 1 then
    check.raise("mah.network: the loss gives %s; one number is expected, as x:mean() gives",
      is_tensor and Type.describe(plain) or check.show(plain))
  end
  return loss
end

--- Complains where the loss is no mean because there is no weight to divide by.
local function expect_weight(loss, weight)
  if loss - loss == 0 or not weight then return end
  local sum = weight:sum()
  check.that(sum > 0, "the batch's weights add up to %g", sum)
end

local function number_of(loss) return type(loss) == "number" and loss or loss:sum() end

--- The loss of plain scores, as a number.
---@return number
function pass.loss(net, scores, y, weight)
  return number_of(loss_of(net, scores, y, weight))
end

local function forward(p, net, x, y, weight, training)
  return loss_of(net, pass.scores(net, p, x, training), y, weight)
end

--- The scores of a batch in training, as a function of the flat vector, plain or traced.
---@param net table
---@param batch table   of pass.batch
---@return fun(w: any): any
function pass.function_of(net, batch)
  local _, x = take_rows(net, batch)
  return function(w)
    local p = tree.fill(net.tree.form, function(leaf)
      if leaf.buffer then return tree.view(leaf, net.buffers) end
      return w:narrow(1, leaf.first, leaf.count):reshape(leaf.sizes)
    end)
    return pass.scores(net, p, x, training_of(batch))
  end
end

-- -- Penalties ------------------------------------------------------------------------------------

local out, largest = ffi.new "double[1]", ffi.new "double[1]"

--- What is penalised: the parameters of two dimensions and more, as vectors.
local function weights_of(net, flat)
  local list = {}
  for _, leaf in ipairs(net.tree.parameters) do
    if #leaf.sizes >= 2 then list[#list + 1] = flat:narrow(1, leaf.first, leaf.count) end
  end
  return list
end

local function dot(x, y)
  check.status(C.mah_vector_dot_and_max(out, largest, x, y))
  return out[0]
end

--- The signs of weight i, in room that is kept.
local function signs_of(way, i)
  way.signs = way.signs or {}
  way.signs[i] = way.signs[i] or operands.empty_like(way.weights[i])
  check.status(C.mah_unary(way.signs[i], C.MAH_OP_sign, way.weights[i]))
  return way.signs[i]
end

--- (l1 sum|W| + l2/2 sum W^2) / n, whose gradient is added.
local function penalty(net, batch, way, w, gradient, n)
  local l1, l2, sum = batch.l1, batch.l2, 0
  way.weights = way.weights or weights_of(net, w)
  if gradient then way.slopes = way.slopes or weights_of(net, gradient) end
  for i, W in ipairs(way.weights) do
    local slope = gradient and way.slopes[i]
    if l2 > 0 then
      sum = sum + l2 / 2 * dot(W, W)
      if slope then check.status(C.mah_vector_combine(nil, slope, 1, slope, l2 / n, W, nil)) end
    end
    if l1 > 0 then
      local sign = signs_of(way, i)
      sum = sum + l1 * dot(W, sign)
      if slope then check.status(C.mah_vector_combine(nil, slope, 1, slope, l1 / n, sign, nil)) end
    end
  end
  return sum / n
end

local function with_penalty(net, batch, way, w, gradient, loss, weight)
  if batch.l1 == 0 and batch.l2 == 0 then return loss end
  return loss + penalty(net, batch, way, w, gradient, weight and weight:sum() or batch.count)
end

-- -- Backward -------------------------------------------------------------------------------------

local function one_like(y)
  local plain = raw(y)
  local one = operands.scalar(plain, 1)
  return plain.ndim > 0 and one:reshape(plain.shape) or one
end

--- Names the parameters that the loss does not depend on, once.
local function warn_of(net, names)
  if net.has_warned or #names == 0 then return end
  net.has_warned = true
  warn("mah.network: the loss does not depend on %s: the gradient is 0 there",
    table.concat(names, ", "))
end

--- Sees to it that each parameter's gradient is in its place.
local function settle(net, way, gradients)
  local sinks, lacking = way.sinks, nil
  for i = 1, #sinks do
    local g, sink = gradients and gradients[i], sinks[i]
    if not g then
      sink:fill_(0)
      lacking = lacking or {}
      lacking[#lacking + 1] = net.names[i].name
    elseif not rawequal(g, sink) then
      sink:copy_(raw(g))
    end
  end
  if lacking then warn_of(net, lacking) end
end

--- The loss and its gradient, by a tape whose first places are the parameters.
local function differentiate(net, batch, way, pool, x, y, weight)
  local t = tape.open(batch.watch, pool)
  if batch.watch then t:name(net.names) end
  local loss = tape.with(t, forward, lifted(t, way), net, x, y, weight, training_of(batch))
  local is_mine = traced.is(loss) and loss.tape == t.id
  local value = number_of(raw(loss))
  settle(net, way, is_mine and t:backward(loss.place, one_like(loss)) or nil)
  t:give_back()
  return value
end

-- -- Both -----------------------------------------------------------------------------------------

--- The loss of a batch at w, with its penalties, and its gradient.
---@param net table
---@param batch table              of pass.batch
---@param w tensor                 (P)
---@param gradient tensor|nil      (P), overwritten
---@return number loss
function pass.evaluate(net, batch, w, gradient)
  -- As the core does between mini-batches: else Ctrl-C would end a step anywhere in it.
  if C.mah_interrupt_requested() ~= 0 then check.status(C.MAH_ERROR_INTERRUPTED, "interrupted") end
  local pool, x, y, weight = take_rows(net, batch)
  local way = way_of(net, batch, w, gradient)
  local loss
  if gradient then
    loss = differentiate(net, batch, way, pool, x, y, weight)
  else
    loss = number_of(forward(plain_parameters(net, w), net, x, y, weight, training_of(batch)))
  end
  expect_weight(loss, weight)
  return with_penalty(net, batch, way, w, gradient, loss, weight)
end

return pass
