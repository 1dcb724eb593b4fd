--- How good the networks of a training are, asked in several ways: the network alone, the mean of
--- the weights of the last ones, and the network asked about deformed copies of an image, too.
---
---     for _, way in ipairs(judging.ways(one, set, s)) do
---       local score = judging.score(way.probabilities(held.x), held.y)
---       print(way.name, score.error, score.low, score.high)
---     end
local mah = require "mah"
local training = require "record.training"

local judging = {}

local COPIES = 16

--- A network with the mean of the others' weights, and of what their norms remember.
local function averaged(networks)
  local mean = networks[1]:clone()
  for _, field in ipairs { "params", "buffers" } do
    local sum = networks[1][field]
    if sum then
      sum = sum:clone()
      for i = 2, #networks do sum:add_(networks[i][field]) end
      mean[field]:copy_(sum:div_(#networks))
    end
  end
  return mean
end

local function alone(network) return function(x) return network(x) end end

local function with_copies(network, augment)
  return function(x)
    local sum = network(x)
    for seed = 1, COPIES do sum:add_(network(augment:apply(x, { seed = seed }))) end
    return sum:div_(COPIES + 1)
  end
end

--- The ways to ask the networks of one training: {name, probabilities = function (x) -> (N, K)}.
---@param one table   of training.run
---@return table[]
function judging.ways(one, set, s)
  local ways = {
    { name = "the network", probabilities = alone(one.network) },
    { name = ("mean weights of %d epochs"):format(#one.snapshots),
      probabilities = alone(averaged(one.snapshots)) },
  }
  local augment = training.augmentation(set, s, 0.5)
  if augment then
    ways[3] = { name = ("the network on %d copies of each image"):format(COPIES + 1),
      probabilities = with_copies(one.network, augment) }
  end
  return ways
end

--- All trainings' networks together.
---@param list table[]   of training.run
function judging.together(list)
  return { name = ("%d networks together"):format(#list), probabilities = function(x)
    local sum = list[1].network(x)
    for i = 2, #list do sum:add_(list[i].network(x)) end
    return sum:div_(#list)
  end }
end

--- The share of wrong answers, in percent, with Wilson's interval of 95 %.
---@return table   {error, low, high, wrong, n}
function judging.score(probabilities, y)
  local n, predicted = #y, probabilities:argmax(2) - 1
  local right = predicted:eq(y:to(predicted.dtype)):double():sum()
  local low, high = mah.metrics.wilson_interval(right, n)
  return { error = 100 * (n - right) / n, low = 100 * (1 - high), high = 100 * (1 - low),
    wrong = n - right, n = n }
end

return judging
