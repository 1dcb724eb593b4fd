--- Tables that lie in themselves, and tables in tables deeper than Lua's stack: whoever goes
--- through a table that users give, calling itself for what it holds, must say so at the user's
--- line.
local mah = require "mah"

local function circle()
  local t = {}
  t[1] = t
  return t
end

local function named_circle()
  local t = {}
  t.a = t
  return t
end

local function deep()
  local t = {}
  for _ = 1, 50000 do t = { t } end
  return t
end

local function named_deep()
  local t = {}
  for _ = 1, 50000 do t = { a = t } end
  return t
end

local makers = { circle = circle, named_circle = named_circle, deep = deep,
  named_deep = named_deep }

local function path_of(ending) return os.tmpname() .. ending end

--- A trial of any text that refers to the value.
local function study(value, given)
  given.name, given.store, given.grid = "s", path_of ".db", { a = { 1 } }
  given.trial = given.trial or function() return { n = value and 1 } end
  return mah.sweep(given)
end

local p = mah.preprocessing
local x, y = mah.randn(20, 3), mah.randint(0, 2, 20)

--- Those that refuse the value whatever it is like; their messages name what they looked at.
local refuse = {
  ["a model's parameter, saved"] = { "cannot save params.random_state", function(value)
    mah.MLPClassifier { random_state = value }:save(path_of ".safetensors")
  end },
  ["a transformer's parameter, saved"] = { "cannot save .*categories", function(value)
    p.OneHotEncoder { categories = value }:save(path_of ".safetensors")
  end },
  ["a transformer's parameter, cloned"] = { "clone: a parameter: tables lie in", function(value)
    p.OneHotEncoder { categories = value }:clone()
  end },
  ["JSON"] = { "mah.json.encode: tables lie in tables without end", mah.json.encode },
  ["a layer's parameters, shown"] = { "a layer's params: tables lie in", function(value)
    return tostring(mah.nn.Layer { params = value, forward = function() end })
  end },
  ["a layer's parameters in a container"] = { "a layer's params: tables lie in", function(value)
    mah.nn.Sequential { mah.nn.Layer { params = value, forward = function() end } }
  end },
  ["a parameter of a sweep"] = { "cannot be stored: a.*: tables lie in", function(value)
    mah.sweep { name = "s", store = path_of ".db", code = "1", trial = print,
      grid = { a = { value } } }:run()
  end },
}

--- Those that take some of them for what they are.
local survive = {
  ["a fit that goes on"] = function(value)
    local model = mah.MLPClassifier { max_iter = 1, warm_start = true, random_state = 1 }
    model:fit(x, y)
    model.used.random_state, model.random_state = value, circle()
    model:fit(x, y)
  end,
  ["the state of a layer"] = function(value)
    mah.nn.layer_of_state { kind = "Sequential", settings = { layers = value } }
  end,
  ["rows to split"] = function(value) mah.model_selection.train_test_split(value, value) end,
  ["rows in a column to split"] = function(value)
    mah.model_selection.train_test_split({ a = value }, { test_size = 0.5 })
  end,
  ["the first rows"] = function(value)
    value.train = value
    mah.data.take(value, 2)
  end,
  ["what a trial refers to"] = function(value) study(value, {}):run { jobs = 1 } end,
  ["a sweep's data"] = function(value)
    study(nil, { data = value, code = "1" }):run { jobs = 1 }
  end,
  ["%memory's sizes"] = function(value)
    local session = { variables = function() return { { "endless", { value, x } } } end }
    local text = require("mah.prompt.magic").run(session, "%memory")
    assert.is_truthy(text:find("endless%s+240 bytes  1 tensors in a table"), text)
  end,
}

local function told(f, value)
  local ok, problem = pcall(f, value)
  if ok then return nil end
  problem = tostring(problem)
  assert.is_nil(problem:find "stack overflow", problem)
  assert.is_nil(problem:find("[mah]/", 1, true), problem)
  assert.is_truthy(problem:find "^[^\n]-endless_tables_spec%.lua:%d+: ", problem)
  assert.is_true(#problem < 400, problem)
  return problem
end

describe("tables without end", function()
  for kind, make in pairs(makers) do
    for name, case in pairs(refuse) do
      it("are refused: " .. name .. ", " .. kind, function()
        local problem = told(case[2], make())
        assert.is_truthy(problem and problem:find(case[1]), problem)
      end)
    end
    for name, f in pairs(survive) do
      it("end nothing: " .. name .. ", " .. kind, function() told(f, make()) end)
    end
  end

  it("are the states of layers in themselves", function()
    local state = { kind = "Sequential", settings = { layers = {} } }
    state.settings.layers[1] = state
    local problem = told(mah.nn.layer_of_state, state)
    assert.is_truthy(problem:find "mah.nn.layer_of_state: tables lie in tables without end")
  end)

  it("may be two hundred deep, there and back", function()
    local t = { "end" }
    for _ = 1, 150 do t = { t } end
    local freeze = require "mah.learn.freeze"
    local back = freeze.thaw(freeze.freeze { t = t }).t
    for _ = 1, 150 do back = back[1] end
    assert.equal("end", back[1])
  end)
end)

describe("an estimator in itself", function()
  local function endless()
    local pipeline = mah.Pipeline { p.StandardScaler {}, p.StandardScaler {} }
    pipeline.steps[1][2] = pipeline
    return pipeline
  end

  local calls = {
    fit = function(m) m:fit(x) end, transform = function(m) m:transform(x) end,
    clone = function(m) m:clone() end, get_params = function(m) m:get_params() end,
    set_params = function(m) m:set_params { standardscaler = "passthrough" } end,
    save = function(m) m:save(path_of ".safetensors") end, text = tostring,
    onnx = function(m) m:save(path_of ".onnx") end,
    transformer = function(m)
      local transformer = p.ColumnTransformer { { { 1 }, p.StandardScaler {} } }
      transformer.transformers[1][2] = m
      transformer:fit(x)
    end,
  }
  for name, call in pairs(calls) do
    it("is told of: " .. name, function()
      local problem = told(call, endless())
      assert.is_truthy(problem and problem:find "an estimator lies in itself", problem)
    end)
  end

  it("may be there twice", function()
    local scaler = p.StandardScaler {}
    local pipeline = mah.Pipeline { scaler, scaler }
    assert.equal(20, #pipeline:fit_transform(x))
  end)
end)
