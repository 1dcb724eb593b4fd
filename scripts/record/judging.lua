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

--- What all of them say in the mean: functions (x) -> (N, K), as networks are.
local function mean_of(askers)
  return function(x)
    local sum = askers[1](x)
    for i = 2, #askers do sum:add_(askers[i](x)) end
    return sum:div_(#askers)
  end
end

--- The network, and what it says of each deformed copy.
local function with_copies(network, augment)
  local askers = { network }
  for seed = 1, COPIES do
    askers[seed + 1] = function(x) return network(augment:apply(x, { seed = seed })) end
  end
  return askers
end

--- The ways to ask the networks of one training: {name, probabilities = function (x) -> (N, K)}.
---@param one table   of training.run
---@return table[]
function judging.ways(one, set, s)
  local ways = {
    { name = "the network", probabilities = one.network },
    { name = ("mean weights of %d epochs"):format(#one.snapshots),
      probabilities = averaged(one.snapshots) },
  }
  local augment = training.augmentation(set, s, 0.5)
  if augment then
    ways[3] = { name = ("the network on %d copies of each image"):format(COPIES + 1),
      probabilities = mean_of(with_copies(one.network, augment)) }
  end
  return ways
end

--- All trainings' networks together.
---@param list table[]   of training.run
function judging.together(list)
  local networks = {}
  for i, one in ipairs(list) do networks[i] = one.network end
  return { name = ("%d networks together"):format(#list), probabilities = mean_of(networks) }
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
