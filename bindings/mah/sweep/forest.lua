--- Regression trees on the unit cube, grown from random samples (Breiman: "Random forests", 2001),
--- and what share of a tree's variance each coordinate makes alone (Hutter, Hoos, Leyton-Brown: "An
--- efficient approach for assessing hyperparameter importance", ICML 2014: functional ANOVA).
---
--- A coordinate is a number in [0, 1], or the number of a category, 1 ... n, that are equally
--- likely.
local forest = {}

local MOST_ROWS = 1000 -- that a tree is grown from

-- -- Growing --------------------------------------------------------------------------------------

--- The best place to cut rows that are in the order of `key`: what it takes from the squares' sum;
--- the last row before it.
local function best_cut(rows, y, key)
  local total, n = 0, #rows
  for _, i in ipairs(rows) do total = total + y[i] end
  local sum, gain, at = 0, 0, nil
  for k = 1, n - 1 do
    sum = sum + y[rows[k]]
    if key(rows[k]) < key(rows[k + 1]) then
      local own = sum ^ 2 / k + (total - sum) ^ 2 / (n - k) - total ^ 2 / n
      if own > gain then gain, at = own, k end
    end
  end
  return gain, at
end

local function sorted(rows, key)
  local list = { unpack(rows) }
  table.sort(list, function(i, j)
    local a, b = key(i), key(j)
    if a ~= b then return a < b end
    return i < j
  end)
  return list
end

--- Categories are put in the order of their means, which holds the best cut of all (Breiman and
--- others 1984); equal means by number.
local function rank_by_mean(rows, x, y)
  local sums, counts, order, rank = {}, {}, {}, {}
  for _, i in ipairs(rows) do
    local c = x[i]
    if not sums[c] then
      sums[c], counts[c], order[#order + 1] = 0, 0, c
    end
    sums[c], counts[c] = sums[c] + y[i], counts[c] + 1
  end
  table.sort(order, function(a, b)
    local u, v = sums[a] / counts[a], sums[b] / counts[b]
    if u ~= v then return u < v end
    return a < b
  end)
  for place, c in ipairs(order) do rank[c] = place end
  return rank
end

--- The best cut of all coordinates: {d =, at = threshold or categories = set of the left ones, left
--- =, right =}; nil when none gains.
local function split(rows, data)
  local best, most = nil, 1e-12 * data.squares
  for d, x in ipairs(data.x) do
    local rank = data.categories[d] and rank_by_mean(rows, x, data.y)
    local key = rank and function(i) return rank[x[i]] end or function(i) return x[i] end
    local list = sorted(rows, key)
    local gain, at = best_cut(list, data.y, key)
    if at and gain > most then
      best, most = { d = d, list = list, count = at, rank = rank }, gain
    end
  end
  if not best then return nil end
  local node, x = { d = best.d, left = {}, right = {} }, data.x[best.d]
  for k, i in ipairs(best.list) do table.insert(k <= best.count and node.left or node.right, i) end
  if best.rank then
    node.categories = {}
    for _, i in ipairs(node.left) do node.categories[x[i]] = true end
  else
    node.at = (x[best.list[best.count]] + x[best.list[best.count + 1]]) / 2
  end
  return node
end

-- -- Leaves ---------------------------------------------------------------------------------------

--- The part of coordinate d on one side of a cut.
local function side_of(part, node, is_left)
  if not node.categories then
    if is_left then return { low = part.low, high = node.at } end
    return { low = node.at, high = part.high }
  end
  local set, count = {}, 0
  for c in pairs(part.set) do
    if (node.categories[c] or false) == is_left then set[c], count = true, count + 1 end
  end
  return { set = set, count = count, n = part.n }
end

local function width(part) return part.set and part.count / part.n or part.high - part.low end

--- Adds the leaves below: each a box with a value. Categories that no row has go to the right.
local function grow(rows, data, box, leaves)
  local node = split(rows, data)
  if not node then
    local sum, volume = 0, 1
    for _, i in ipairs(rows) do sum = sum + data.y[i] end
    for _, part in ipairs(box) do volume = volume * width(part) end
    leaves[#leaves + 1] = { value = sum / #rows, volume = volume, box = box }
    return
  end
  for _, side in ipairs { "left", "right" } do
    local own = { unpack(box) }
    own[node.d] = side_of(box[node.d], node, side == "left")
    grow(node[side], data, own, leaves)
  end
end

local function whole(categories, dimensions)
  local box = {}
  for d = 1, dimensions do
    local n = categories[d]
    box[d] = n and { set = {}, count = n, n = n } or { low = 0, high = 1 }
    for c = 1, n or 0 do box[d].set[c] = true end
  end
  return box
end

-- -- Variances ------------------------------------------------------------------------------------

--- The variance of the marginal over numbers: the mean of all that is at each place, as steps.
local function variance_of_number(leaves, d, mean)
  local places, seen, change = {}, {}, {}
  for _, leaf in ipairs(leaves) do
    local part = leaf.box[d]
    local height = leaf.value * leaf.volume / (part.high - part.low)
    for place, sign in pairs { [part.low] = 1, [part.high] = -1 } do
      if not seen[place] then seen[place], places[#places + 1] = true, place end
      change[place] = (change[place] or 0) + sign * height
    end
  end
  table.sort(places)
  local sum, height = 0, 0
  for k = 1, #places - 1 do
    height = height + change[places[k]]
    sum = sum + (places[k + 1] - places[k]) * (height - mean) ^ 2
  end
  return sum
end

local function variance_of_category(leaves, d, mean, n)
  local heights, sum = {}, 0
  for c = 1, n do heights[c] = 0 end
  for _, leaf in ipairs(leaves) do
    local part = leaf.box[d]
    for c in pairs(part.set) do
      heights[c] = heights[c] + leaf.value * leaf.volume / width(part)
    end
  end
  for c = 1, n do sum = sum + (heights[c] - mean) ^ 2 / n end
  return sum
end

--- The shares of a tree's variance; nil when it is constant.
local function shares_of(leaves, data)
  local mean, total, shares = 0, 0, {}
  for _, leaf in ipairs(leaves) do mean = mean + leaf.value * leaf.volume end
  for _, leaf in ipairs(leaves) do total = total + (leaf.value - mean) ^ 2 * leaf.volume end
  if not (total > 0) then return nil end
  for d = 1, #data.x do
    local n = data.categories[d]
    local own = n and variance_of_category(leaves, d, mean, n)
      or variance_of_number(leaves, d, mean)
    shares[d] = own / total
  end
  return shares
end

--- y around 0 and at most 2: neither a mean far from 0 nor huge or tiny numbers cost digits.
local function standardized(y)
  local most, mean, result = 0, 0, {}
  for i = 1, #y do most = math.max(most, math.abs(y[i])) end
  if most == 0 then return y end
  for i = 1, #y do mean = mean + y[i] / most / #y end
  for i = 1, #y do result[i] = y[i] / most - mean end
  return result
end

--- The share of the variance of y that each coordinate makes alone, mean over trees; what is
--- missing to 1 comes from several together. All 0 where y is constant.
---@param x number[][]       x[d][i]: coordinate d of row i
---@param y number[]
---@param categories table<integer, integer>   how many there are, for coordinates that are
---  categories
---@param trees integer
---@param rng fun(tree: integer): rng
---@return number[] shares
function forest.shares(x, y, categories, trees, rng)
  local result, counted = {}, 0
  for d = 1, #x do result[d] = 0 end
  y = standardized(y)
  local data = { x = x, y = y, categories = categories, squares = 0 }
  for i = 1, #y do data.squares = data.squares + y[i] ^ 2 end
  for tree = 1, trees do
    local generator, rows, leaves = rng(tree), {}, {}
    for k = 1, math.min(#y, MOST_ROWS) do rows[k] = math.floor(generator:random() * #y) + 1 end
    grow(rows, data, whole(categories, #x), leaves)
    local shares = shares_of(leaves, data)
    if shares then
      counted = counted + 1
      for d = 1, #x do result[d] = result[d] + shares[d] end
    end
  end
  for d = 1, #x do result[d] = counted > 0 and result[d] / counted or 0 end
  return result
end

return forest
