--- Estimators of scikit-learn in which some value is another one: each is refused by a message that
--- names what is wrong, or can be used. The same seed damages the same values.
local mah = require "mah"
local reader = require "mah.exchange.read.sklearn"
local sklearn = require "mah.exchange.sklearn"
local tensor = require "mah.tensor"
local values = require "mah.exchange.pickle.values"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."

local names = { "several", "strings", "regression2", "standard", "minmax", "maxabs", "robust", "l1",
  "power", "quantile", "polynomial", "degrees", "bins", "ordinal_bins", "mean", "constant",
  "onehot", "drop", "ordinal", "table", "columns" }

-- -- Damage ---------------------------------------------------------------------------------------

--- Every state and list in a value: {table, n}, n for lists only; arrays: {array, "array"}.
local function nodes(value, seen, out)
  if type(value) ~= "table" or seen[value] then return out end
  seen[value] = true
  local list = value.kind == "array" and value.list or value.n and value
  if value.kind == "object" then
    out[#out + 1] = { value.state }
    for _, inner in pairs(value.state) do nodes(inner, seen, out) end
  elseif list then
    local n = list.n or #list
    if n > 0 then out[#out + 1] = { list, n } end
    for i = 1, n do nodes(list[i], seen, out) end
  elseif value.kind == "array" then
    out[#out + 1] = { value, "array" }
  end
  return out
end

local function array(...)
  local t = tensor.ones(...)
  return { kind = "array", shape = t.shape, type = "<f8", tensor = t:double() }
end

local others = {
  function() return nil end, function() return values.None end, function() return 0 / 0 end,
  function() return -1 end, function() return 0 end, function() return 1.5 end,
  function() return 1e308 end, function() return "" end, function() return "relu" end,
  function() return true end, function() return values.list({}, 0) end,
  function() return values.list({ 1, 2 }, 2, "tuple") end, function() return values.dict() end,
  function() return array(0) end, function(rng) return array(rng:integers(1, 5)) end,
  function(rng) return array(rng:integers(1, 4), rng:integers(1, 4)) end,
  function() return { kind = "array", shape = { 2 }, type = "<U1", list = { "a", "b" } } end,
  function() return values.object "sklearn.preprocessing._data.StandardScaler" end,
  function() return { kind = "class", name = "numpy.float64" } end,
}

local function sorted_keys(state)
  local keys = {}
  for key in pairs(state) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- Changes one value of it; returns what it did.
local function damage(object, rng)
  local all = nodes(object, {}, {})
  local where = all[rng:integers(1, #all)]
  local number = rng:integers(1, #others)
  local target, value = where[1], others[number](rng)
  if where[2] == "array" then
    if not values.is(value, "array") then return "" end
    target.tensor, target.list, target.shape, target.type = value.tensor, value.list, value.shape,
      value.type
    return "an array is " .. number
  end
  local keys = not where[2] and sorted_keys(target)
  if keys and #keys == 0 then return "" end
  local key = keys and keys[rng:integers(1, #keys)] or rng:integers(1, where[2])
  if keys or value ~= nil then target[key] = value end
  return ("%s is %d"):format(key, number)
end

-- -- Use ------------------------------------------------------------------------------------------

local inputs = { mah.ones(2, 3, { dtype = "float64" }), { { "red", 2 }, { "blue", 1 } },
  { age = { 1, 2 }, fare = { 2, 3 }, sex = { "male", "female" }, class = { 1, 3 } } }

local function judge(said, ok, problem)
  if ok then return end
  assert.equal("string", type(problem), said)
  assert.is_nil(problem:find("attempt to ", 1, true), said .. ": " .. problem)
  assert.is_nil(problem:find("[mah]", 1, true), said .. ": " .. problem)
end

describe("a damaged estimator", function()
  it("is refused by a message, or can be used", function()
    local rng, loaded, refused = mah.rng(16), 0, 0
    mah.warnings(false)
    for i = 1, 12 * #names do
      local name = names[i % #names + 1]
      local object = reader.data(("%s/tests/golden/sklearn/%s.pickle"):format(root, name))
      local said = ("%s (%d): %s, %s"):format(name, i, damage(object, rng), damage(object, rng))
      local ok, model = pcall(sklearn.estimator, object, "FILE")
      judge(said, ok, model)
      if ok then loaded = loaded + 1 else refused = refused + 1 end
      if not ok then assert.matches("FILE: ", model, said) end
      for _, x in ipairs(ok and inputs or {}) do
        for _, method in ipairs { "predict", "predict_proba", "transform" } do
          judge(said, pcall(function() return model[method](model, x) end))
        end
      end
    end
    mah.warnings(true)
    assert.is_true(loaded > 50 and refused > 50, ("%d loaded, %d refused"):format(loaded, refused))
  end)
end)
