-- Trainings that several processes make together, with made-up processes: what this one asks of the
-- others, and what it does where they are not alike. tests/cluster has real ones.
local ffi = require "ffi"
local mah = require "mah"
local ranks = require "mah.learn.ranks"

local function data()
  local rng = mah.rng(4)
  local x = mah.rand(300, 12, { rng = rng })
  return { x = x, y = (x:narrow(2, 1, 3):argmax(2) - 1):int() }
end

local function network(activation)
  return mah.mlp { 12, { 9, activation or "relu" }, { 3, "softmax" }, seed = 2 }
end

--- A group of `size` ranks, of which this is `rank`; the others say what fill(bytes, starts) does.
local function group_of(size, rank, fill)
  local calls = {}
  local group = { rank = rank, size = size, nodes = 1, calls = calls, hash = function(value)
    return (type(value) == "string" and #value or tonumber(value:double():sum()) * 1e6) % 2 ^ 32
  end }
  function group.gather(bytes, starts)
    calls[#calls + 1] = tonumber(starts[size])
    if fill then fill(ffi.cast("uint8_t *", bytes), starts) end
  end
  function group.widen() calls.wide = (calls.wide or 0) + 1 end
  function group.narrow() calls.narrow = (calls.narrow or 0) + 1 end
  return group
end

--- Others that say what this rank says, each.
local function alike(rank)
  return function(bytes, starts)
    local n = tonumber(starts[rank + 1] - starts[rank])
    for r = 0, 1 do
      if r ~= rank and starts[r + 1] - starts[r] == n then
        ffi.copy(bytes + starts[r], bytes + starts[rank], n)
      end
    end
  end
end

describe("distributed = true", function()
  local before
  before_each(function() before = ranks.drivers.join end)
  after_each(function() ranks.drivers.join = before end)

  local function train(given, group, activation)
    ranks.drivers.join = function() return group end
    local net, o = network(activation), { stop = 3, seed = 1, validation = 0.2 }
    for name, value in pairs(given) do o[name] = value end
    local run = mah.train(net, data(), o)
    return net.params, run
  end

  it("without a launcher is one rank", function()
    local alone, run = train {}
    local w, other = train { distributed = true }
    assert.is_true(w:equal(alone))
    assert.same(run.history.loss, other.history.loss)
    assert.same(run.history.val_score, other.history.val_score)
  end)

  it("takes true and \"ranks\"", function()
    assert.error_matches(function() train { distributed = "nodes" } end,
      'distributed must be true, or "ranks" .* got "nodes"')
  end)

  for _, solver in ipairs { "adam", "lbfgs" } do
    it("on rank 0 gives the bits of one process, by " .. solver, function()
      local alone, run = train { solver = solver }
      for _, activation in ipairs { false, { forward = function(z) return z:relu() end,
        backward = function(y, dy) return dy * (y:gt(0)):to(dy.dtype) end } } do
        local group = group_of(2, 0, alike(0))
        local w, other = train({ solver = solver, distributed = true }, group,
          activation or nil)
        assert.is_true(w:equal(alone))
        assert.same(run.history.val_loss, other.history.val_loss)
        assert.is_true(group.calls.wide > 0)
        assert.equal(group.calls.wide, group.calls.narrow)
      end
    end)
  end

  it("tells on all ranks alike what differs", function()
    for rank = 0, 1 do
      local function other(bytes, starts) -- which has other weights, the fifth of what is compared
        local mine, its = ffi.cast("uint32_t *", bytes + starts[rank]),
          ffi.cast("uint32_t *", bytes + starts[1 - rank])
        for i = 0, 31 do its[i] = mine[i] + (i == 4 and 1 or 0) end
      end
      assert.error_matches(function()
        train({ distributed = true }, group_of(2, rank, other))
      end, "mah.train: distributed: rank 1 of 2 differs from rank 0 in: initial weights")
    end
  end)

  it("hands an error of rank 0 to all", function()
    local group = group_of(2, 0, alike(0))
    assert.error_matches(function()
      train({ distributed = true, score = function() error "no score" end }, group)
    end, "no score")
    assert.equal(group.calls.wide, group.calls.narrow)
  end)

  it("complains of a rule that is not the same on all", function()
    local function other(bytes, starts)
      alike(0)(bytes, starts)
      local numbers = ffi.cast("double *", bytes) -- one of each rank: is it over?
      if starts[2] == 16 then numbers[1] = 1 - numbers[0] end
    end
    assert.error_matches(function() train({ distributed = true }, group_of(2, 0, other)) end,
      "is the training over%?: 1 on rank 1, and 0 on rank 0")
  end)

  it("trains estimators, and goes on with them", function()
    local function fit(given, group)
      ranks.drivers.join = function() return group end
      local o = { hidden_layer_sizes = 7, random_state = 3, max_iter = 4, early_stopping = true }
      for name, value in pairs(given) do o[name] = value end
      local clf, set = mah.MLPClassifier(o), data()
      clf:fit(set.x, set.y)
      return clf, set
    end
    local alone = fit {}
    local group = group_of(2, 0, alike(0))
    local clf, set = fit({ distributed = true }, group)
    assert.is_true(clf.network.params:equal(alone.network.params))
    assert.same(alone.validation_scores_, clf.validation_scores_)
    alone:set_params { early_stopping = false }
    clf:set_params { early_stopping = false }
    alone:partial_fit(set.x, set.y)
    clf:partial_fit(set.x, set.y)
    assert.is_true(clf.network.params:equal(alone.network.params))
  end)
end)
