--- Toy sets, with scikit-learn's names and, for an integer random_state, its numbers.
---
---     local set = mah.data.make_moons { n_samples = 200, noise = 0.2, random_state = 1 }
---     mah.plot.scatter { x = set.x, classes = set.y }:save "moons.png"
---
--- Each gives {x = (n, features), y = }: y int32, 0, 1 ... for classes, as there; floats for
--- regression.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local options = require "mah.base.options"
local random = require "mah.tensor.random"

local toy = {}

local MOST = 1e7 -- values of a set, which are made one by one

-- -- What the sets share --------------------------------------------------------------------------

local shared = {
  n_samples = { 100, "integer|table", nil, "rows in all, or a list with those of each class" },
  shuffle = { true, "boolean", nil, "rows in random order; false: class by class" },
  random_state = { nil, "integer|table", "[0, 4294967295]", "a seed, with scikit-learn's numbers, "
    .. "or a generator; nil: the default generator" },
  dtype = { "float32", { "float32", "float64" }, nil, "of x" },
}

local noise_rule = { nil, "number", "[0, inf)", "standard deviation of what is added to x; nil: "
  .. "none" }

local function declare(where, own)
  for name, rule in pairs(shared) do own[name] = own[name] or rule end
  return options.declare(where, own)
end

--- numpy.random.RandomState of a seed (from the default generator when left out), or a generator.
local function generator_of(o, where)
  if type(o.random_state) == "table" then return random.generator(o.random_state, where) end
  return random.rng(o.random_state or random.generator(nil, where):u32(), "mt19937")
end

--- How many samples each of `parts` has: shared out, or as a list says.
local function counts_of(n, parts, where)
  if type(n) == "number" then
    check.that(n >= 1 and n <= 1e6, "%s: n_samples must be in [1, 1e6]; got %.0f", where, n)
    return nil
  end
  check.that(#n == parts, "%s: n_samples has %d counts for %d classes", where, #n, parts)
  for i, count in ipairs(n) do
    check.that(options.matches(count, "integer") and count >= 0 and count <= 1e6,
      "%s: n_samples[%d] must be an integer >= 0; got %s", where, i, check.show(count))
  end
  return n
end

--- The rows in random order, as sklearn.utils.shuffle.
local function shuffled(rng, rows, labels)
  local order = {}
  for i = 1, #rows do order[i] = i end
  rng:shuffle(order)
  local new_rows, new_labels = {}, {}
  for i, k in ipairs(order) do new_rows[i], new_labels[i] = rows[k], labels[k] end
  return new_rows, new_labels
end

local function add_noise(rng, rows, noise)
  for _, row in ipairs(rows) do
    for j = 1, #row do row[j] = row[j] + noise * rng:normal() end
  end
end

local function set_of(rows, labels, o)
  return { x = make.tensor(rows, { dtype = o.dtype }),
    y = make.tensor(labels, { dtype = "int32" }) }
end

--- numpy.linspace(low, high, n).
local function linspace(low, high, n, without_end)
  local list = {}
  local step = (high - low) / math.max(1, without_end and n or n - 1)
  for i = 1, n do list[i] = (i - 1) * step + low end
  if n > 1 and not without_end then list[n] = high end
  return list
end

-- -- Moons and circles ----------------------------------------------------------------------------

--- Two classes, each the points of a curve.
local function two_curves(o, where, outer, inner, angles)
  local counts = counts_of(o.n_samples, 2, where)
    or { math.floor(o.n_samples / 2), o.n_samples - math.floor(o.n_samples / 2) }
  local rng, rows, labels = generator_of(o, where), {}, {}
  for class, curve in ipairs { outer, inner } do
    for _, angle in ipairs(angles(counts[class])) do
      rows[#rows + 1], labels[#labels + 1] = { curve(angle) }, class - 1
    end
  end
  check.that(#rows > 0, "%s: n_samples: a set needs at least one sample", where)
  if o.shuffle then rows, labels = shuffled(rng, rows, labels) end
  if o.noise then add_noise(rng, rows, o.noise) end
  return set_of(rows, labels, o)
end

local moons_rules = declare("mah.data.make_moons", { noise = noise_rule })

--- Two half circles that reach into each other, a class each, as scikit-learn's make_moons.
---
---     local set = mah.data.make_moons { n_samples = 200, noise = 0.2, random_state = 1 }
---     print(set.x.shape[1], set.x.shape[2], set.y:sum())       --> 200 2 100
---     print(mah.plot.scatter { x = set.x, classes = set.y })   --> figure 640 x 400
---@param given table|nil
---@return Set   x (n, 2), y int32 (n)
function toy.make_moons(given)
  local where = "mah.data.make_moons"
  return two_curves(options(given, moons_rules, where), where,
    function(a) return math.cos(a), math.sin(a) end,
    function(a) return 1 - math.cos(a), 1 - math.sin(a) - 0.5 end,
    function(n) return linspace(0, math.pi, n) end)
end

local circles_rules = declare("mah.data.make_circles", {
  noise = noise_rule, factor = { 0.8, "number", "[0, 1)", "the inner radius; the outer one is 1" },
})

--- A circle inside another, a class each, as scikit-learn's make_circles.
---
---     local set = mah.data.make_circles { n_samples = 60, factor = 0.5, random_state = 1 }
---     print(("%.2f %.2f"):format(set.x:norm(2, 2):min(), set.x:norm(2, 2):max()))   --> 0.50 1.00
---@param given table|nil
---@return Set   x (n, 2), y int32 (n)
function toy.make_circles(given)
  local where = "mah.data.make_circles"
  local o = options(given, circles_rules, where)
  return two_curves(o, where,
    function(a) return math.cos(a), math.sin(a) end,
    function(a) return math.cos(a) * o.factor, math.sin(a) * o.factor end,
    function(n) return linspace(0, 2 * math.pi, n, true) end)
end

local spirals_rules = declare("mah.data.make_spirals", {
  n_samples = { 100, "integer", "[1, 1e6]", "rows in all" },
  n_classes = { 2, "integer", "[1, 1000]", "spirals" },
  turns = { 1.5, "number", "(0, 100]", "how often each goes around the centre" },
  noise = noise_rule,
})

--- Spirals around each other, one a class, of radius up to 1. (Not in scikit-learn.)
---
---     local set = mah.data.make_spirals { n_samples = 300, n_classes = 3, random_state = 1 }
---     print(set.x.shape[1], set.y:max())   --> 300 2
---@param given table|nil
---@return Set   x (n, 2), y int32 (n)
function toy.make_spirals(given)
  local where = "mah.data.make_spirals"
  local o = options(given, spirals_rules, where)
  local rng, rows, labels = generator_of(o, where), {}, {}
  for class = 0, o.n_classes - 1 do
    local n = math.floor((o.n_samples + o.n_classes - 1 - class) / o.n_classes)
    for i = 1, n do
      local radius = i / n
      local angle = 2 * math.pi * (radius * o.turns + class / o.n_classes)
      rows[#rows + 1] = { radius * math.cos(angle), radius * math.sin(angle) }
      labels[#labels + 1] = class
    end
  end
  if o.shuffle then rows, labels = shuffled(rng, rows, labels) end
  if o.noise then add_noise(rng, rows, o.noise) end
  return set_of(rows, labels, o)
end

-- -- Blobs ----------------------------------------------------------------------------------------

local blobs_rules = declare("mah.data.make_blobs", {
  n_features = { 2, "integer", "[1, 1000]", "columns of x, where the centres are drawn" },
  centers = { nil, "integer|table|tensor", nil, "how many, or (classes, features): a row for each; "
    .. "nil: 3, or as many as n_samples lists" },
  cluster_std = { 1, "number|table", nil, "standard deviation around the centres, or a list of "
    .. "each" },
  center_box = { { -10, 10 }, "table", nil, "{low, high}: where centres are drawn, in each "
    .. "column" },
})

--- The centres that were given, as rows; or so many at random.
local function centers_of(o, rng, where)
  local given = o.centers
  if given == nil then given = type(o.n_samples) == "table" and #o.n_samples or 3 end
  if type(given) ~= "number" then
    local t = Type.is_tensor(given) and given or make.tensor(given, { dtype = "float64" })
    check.that(t.ndim == 2 and t.shape[1] > 0 and t.shape[2] > 0,
      "%s: centers must be a number or a matrix, a row for each", where)
    return t:totable()
  end
  check.that(given >= 1 and given <= 1000, "%s: centers must be in [1, 1000]; got %.0f", where,
    given)
  local low, high = o.center_box[1], o.center_box[2]
  check.that(type(low) == "number" and type(high) == "number" and low <= high,
    "%s: center_box must be {low, high}", where)
  local centers = {}
  for i = 1, given do
    centers[i] = {}
    for j = 1, o.n_features do centers[i][j] = low + (high - low) * rng:random() end
  end
  return centers
end

local function deviations_of(given, count, where)
  local list = {}
  for i = 1, count do list[i] = type(given) == "number" and given or given[i] end
  check.that(#list == count and (type(given) == "number" or #given == count),
    "%s: cluster_std has %d values for %d centers", where, type(given) == "table" and #given or 1,
    count)
  for i, std in ipairs(list) do
    check.that(type(std) == "number" and std >= 0, "%s: cluster_std[%d] must be >= 0; got %s",
      where, i, check.show(std))
  end
  return list
end

--- Clouds of normally distributed points, a class each, as scikit-learn's make_blobs.
---
---     local set = mah.data.make_blobs { centers = 4, cluster_std = 0.5, random_state = 1 }
---     print(set.x.shape[1], set.y:max(), set.centers.shape[1])   --> 100 3 4
---@param given table|nil
---@return Set   x (n, features), y int32 (n); and centers (classes, features)
function toy.make_blobs(given)
  local where = "mah.data.make_blobs"
  local o = options(given, blobs_rules, where)
  local rng = generator_of(o, where)
  local centers = centers_of(o, rng, where)
  local deviations = deviations_of(o.cluster_std, #centers, where)
  local counts = counts_of(o.n_samples, #centers, where)
  local rows, labels = {}, {}
  for class, center in ipairs(centers) do
    local n = counts and counts[class]
      or math.floor((o.n_samples + #centers - class) / #centers) -- the first get what is left over
    for _ = 1, n do
      local row = {}
      for j = 1, #center do row[j] = center[j] + deviations[class] * rng:normal() end
      rows[#rows + 1], labels[#labels + 1] = row, class - 1
    end
  end
  check.that(#rows > 0, "%s: n_samples: a set needs at least one sample", where)
  if o.shuffle then rows, labels = shuffled(rng, rows, labels) end
  local set = set_of(rows, labels, o)
  set.centers = make.tensor(centers, { dtype = o.dtype })
  return set
end

-- -- Regression -----------------------------------------------------------------------------------

local regression_rules = declare("mah.data.make_regression", {
  n_samples = { 100, "integer", "[1, 1e6]", "rows" },
  n_features = { 100, "integer", "[1, 1000]", "columns of x" },
  n_informative = { 10, "integer", "[0, 1e6]", "columns that y depends on" },
  n_targets = { 1, "integer", "[1, 100]", "columns of y; 1: y is a vector" },
  bias = { 0, "number", nil, "added to y" },
  noise = { 0, "number", "[0, inf)", "standard deviation of what is added to y" },
})

--- A linear function of some of the features, and noise, as scikit-learn's make_regression.
---
---     local set = mah.data.make_regression { n_features = 3, n_informative = 2, random_state = 1 }
---     print(set.x.shape[2], set.coef:count_nonzero())   --> 3 2
---     print(set.y:allclose(set.x:matmul(set.coef), { rtol = 1e-3 }))   --> true
---@param given table|nil
---@return Set   x (n, features), y of x's dtype, (n) or (n, targets); and coef, the true
---     coefficients, (features) or (features, targets)
function toy.make_regression(given)
  local where = "mah.data.make_regression"
  local o = options(given, regression_rules, where)
  check.that(o.n_samples * o.n_features <= MOST, "%s: %d x %d values are too many; at most %d",
    where, o.n_samples, o.n_features, MOST)
  local rng, float64 = generator_of(o, where), { dtype = "float64" }
  local x = rng:normal(0, 1, o.n_samples, o.n_features, float64)
  local coef = make.zeros(o.n_features, o.n_targets, float64)
  for j = 1, math.min(o.n_informative, o.n_features) do
    for k = 1, o.n_targets do coef[j][k] = 100 * rng:random() end
  end
  local y = x:matmul(coef) + o.bias
  if o.noise > 0 then y:add_(rng:normal(0, o.noise, o.n_samples, o.n_targets, float64)) end
  if o.shuffle then
    local order, places = rng:permutation(o.n_samples), rng:permutation(o.n_features)
    x, y = x:index_select(1, order):index_select(2, places), y:index_select(1, order)
    coef = coef:index_select(1, places)
  end
  local set = { x = x:to(o.dtype), y = y:to(o.dtype), coef = coef:to(o.dtype) }
  if o.n_targets == 1 then set.y, set.coef = set.y:view(-1), set.coef:view(-1) end
  return set
end

return toy
