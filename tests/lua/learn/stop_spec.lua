local stop = require "mah.learn.stop"

--- Asks the rule after each epoch of these curves; returns the epoch and the reason where it stops.
local function replay(rule, curves)
  local history = {}
  for epoch = 1, #(curves.loss or curves.val_score) do
    local s = { epoch = epoch, history = history, seconds = epoch }
    for name, values in pairs(curves) do
      history[name] = history[name] or {}
      history[name][epoch], s[name] = values[epoch], values[epoch]
    end
    local reason = rule(s)
    if reason then return epoch, reason end
  end
end

describe("mah.stop", function()
  it("stops after max_iter epochs", function()
    local epoch, reason = replay(stop.max_iter(3), { loss = { 3, 2, 1, 0 } })
    assert.equal(3, epoch)
    assert.equal("max_iter", reason.rule)
  end)

  it("stops at the patience-th epoch without improvement", function()
    local rule = stop.no_improvement { patience = 2, min_delta = 0.1 }
    local epoch, reason = replay(rule, { loss = { 1, 0.5, 0.45, 0.3, 0.25, 0.21, 0 } })
    assert.equal(6, epoch)
    assert.equal(0.3, reason.best)
    assert.equal(0.21, reason.value)
    assert.is_nil(replay(rule, { loss = { 1, 0.8, 0.6, 0.4, 0.2 } }))
  end)

  it("lets scores rise", function()
    local rule = stop.no_improvement { of = "val_score", patience = 1, min_delta = 0 }
    assert.equal(4, (replay(rule, { val_score = { 0.1, 0.2, 0.3, 0.3, 0.4 } })))
  end)

  it("waits for min_epochs and measures relatively", function()
    assert.equal(4,
      (replay(stop.no_improvement { patience = 1, min_epochs = 4 }, { loss = { 1, 1, 1, 1, 1 } })))
    local rule = stop.no_improvement { patience = 1, min_delta = 0.1, relative = true }
    assert.equal(3, (replay(rule, { loss = { 100, 85, 80, 70 } })))
  end)

  it("remembers nothing from one run to the next", function()
    local rule = stop.no_improvement { patience = 2 }
    assert.equal(3, (replay(rule, { loss = { 1, 1, 1 } })))
    assert.equal(3, (replay(rule, { loss = { 1, 1, 1 } })))
  end)

  it("stops at targets, times and divergence", function()
    assert.equal(2, (replay(stop.target { of = "loss", value = 0.5 }, { loss = { 1, 0.4 } })))
    assert.equal(2, (replay(stop.target { value = 0.9 }, { val_score = { 0.8, 0.9 } })))
    assert.equal(3, (replay(stop.time_limit(2.5), { loss = { 1, 1, 1 } })))
    assert.equal(2, (replay(stop.diverged(), { loss = { 1, 0 / 0 } })))
    assert.equal(2, (replay(stop.diverged { above = 5 }, { loss = { 1, 6 } })))
  end)

  it("combines rules", function()
    local one, two = stop.max_iter(2), stop.target { of = "loss", value = 0.5 }
    local curves = { loss = { 1, 0.9, 0.4 } }
    assert.equal(2, (replay(stop.any { one, two }, curves)))
    local epoch, reason = replay(stop.all { one, two }, curves)
    assert.equal(3, epoch)
    assert.matches("2 epochs is reached and loss reached 0.5", reason.text)
  end)

  it("counts one in the singular", function()
    local _, reason = replay(stop.max_iter(1), { loss = { 1 } })
    assert.equal("the limit of 1 epoch is reached", reason.text)
    _, reason = replay(stop.no_improvement { of = "loss", patience = 1 }, { loss = { 1, 1 } })
    assert.matches("for 1 epoch$", reason.text)
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() stop.max_iter(0) end, "an integer >= 1 is expected, got 0")
    assert.error_matches(function() stop.any {} end, "a list of stopping rules")
    assert.error_matches(function() stop.all { 3 } end, "rule 1 must be a function, got 3")
    assert.error_matches(function() stop.no_improvement { off = "loss" } end, "did you mean 'of'")
    assert.error_matches(function() stop.target {} end, "value is missing")
  end)
end)

describe("the limit of epochs", function()
  local epoch_limit = require "mah.learn.epoch_limit"

  it("is known of rules that have one", function()
    local function open() return false end
    assert.are.equal(50, epoch_limit.of(stop.max_iter(50)))
    assert.is_nil(epoch_limit.of(stop.time_limit(5)))
    assert.are.equal(20, epoch_limit.of(stop.any { open, stop.max_iter(50), stop.max_iter(20) }))
    assert.is_nil(epoch_limit.of(stop.any { open }))
    assert.are.equal(50, epoch_limit.of(stop.all { stop.max_iter(50), stop.max_iter(20) }))
    assert.is_nil(epoch_limit.of(stop.all { stop.max_iter(50), open }))
  end)
end)
