-- What one trainer hands on to the next.
local Trainer = require "mah.learn.trainer"
local mah = require "mah"

local x = mah.arange(1, 12, { dtype = "float32" }):reshape(6, 2) / 12
local y = mah.tensor({ 0, 1, 0, 1, 0, 1 }, { dtype = "int32" })

local function new_trainer()
  local net = mah.mlp { 2, { 3, "tanh" }, { 2, "softmax" }, seed = 1 }
  return Trainer.new(net, { x = x, y = y }, {
    solver = mah.solver.sgd(), batch_size = 2, shuffle = true, l1 = 0, l2 = 0,
  }, mah.arange(0, 5, { dtype = "int32" }), nil, mah.rng(1))
end

--- A state in which no field has the value of a new trainer.
local function some_state()
  return {
    history = { loss = { 0.5, 0.4 }, seconds = { 1, 2 }, lr = { 0.1, 0.1 } }, best = { epoch = 2 },
    epoch = 3, samples = 12, elapsed = 2.5, initial_lr = 0.1, first_epoch = 2,
    last_w = mah.ones(3), mask_seed = 77, mask_step = 6,
    order = mah.arange(0, 3, { dtype = "int32" }), held = mah.arange(4, 5, { dtype = "int32" }),
    rows = 6,
  }
end

describe("a trainer's state", function()
  it("is the one that it was made from, field by field", function()
    local state = some_state()
    assert.same(state, Trainer.from_state(state):state())
  end)

  it("goes on to another trainer, but for the rows and an epoch without a loss", function()
    local trainer, wanted = new_trainer(), some_state()
    local order = trainer.order
    trainer:continue(some_state(), false)
    local got = trainer:state()
    assert.equal(2, got.epoch)
    assert.equal(order, got.order)
    for name in pairs(wanted) do
      if name ~= "epoch" and name ~= "order" and name ~= "held" and name ~= "rows"
        and name ~= "last_w" then
        assert.same(wanted[name], got[name])
      end
    end
    assert.equal(3, #got.last_w)
  end)

  it("begins a fit of its own where it is asked to", function()
    local trainer = new_trainer()
    trainer:continue(some_state(), true)
    assert.equal(4, trainer.first_epoch)
    assert.is_nil(trainer.last_w)
  end)
end)
