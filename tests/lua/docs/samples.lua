--- Objects of every class that people hold, for the test that their fields are described.
---
---     for class, object in pairs(samples()) do ... end
local mah = require "mah"

local SEED = 1

local function moons() return mah.data.make_moons { n_samples = 60, random_state = SEED } end

local function network_samples(samples)
  local data = moons()
  local net = mah.mlp { 2, { 4, "relu" }, { 2, "softmax" }, seed = SEED }
  samples.network = net
  samples.run = mah.train(net, data, { stop = 2, validation = 0.2, seed = SEED })
  samples.ensemble = mah.ensemble { net, mah.mlp { 2, { 2, "softmax" }, seed = SEED } }
  samples.TapedNetwork = mah.network {
    params = { w = mah.zeros(2, 2) }, loss = "mse",
    forward = function(p, x) return x:matmul(p.w) end,
  }
  samples.minimum = mah.minimize(function(x) return (x * x):sum() end, mah.tensor { 1, 2 })
end

local function study_samples(samples)
  local study = mah.sweep { name = "sample", store = ":memory:", grid = { a = { 1, 2 } },
    code = "1", trial = function(p) return { y = p.a } end }
  samples.study = study
end

--- One object of each class, by the class' name.
---@return table<string, any>
return function()
  local samples = {}
  local data = moons()
  samples.figure = mah.plot.lines { series = { { y = { 1, 2 } } } }
  samples.rng = mah.rng(SEED)
  samples.distribution = mah.distributions.normal()
  for _, class in ipairs { "MLPClassifier", "MLPRegressor" } do
    local model = mah[class] { hidden_layer_sizes = { 4 }, max_iter = 2, random_state = SEED }
    mah.warnings(false)
    model:fit(data.x, class == "MLPRegressor" and data.x:select(2, 1) or data.y)
    mah.warnings(true)
    samples[class] = model
  end
  network_samples(samples)
  study_samples(samples)
  return samples
end
