-- Beside PyTorch 1.13 (tests/golden/make_nn.py): layers' outputs and gradients, running statistics.
local mah = require "mah"
local nn = mah.nn

local given = mah.json.decode(mah.file.read "tests/golden/nn.json")

local function double(list) return mah.tensor(list, "float64") end

local function near(expected, got, tolerance)
  expected = double(expected):reshape(got.shape)
  local error = (got:double() - expected):abs():max()
  assert.is_true(error <= (tolerance or 1e-12) * math.max(1, expected:abs():max()), error)
end

local functions = {
  linear = function(p) return nn.linear(p.x, p.W, p.b) end,
  layer_norm = function(p) return nn.layer_norm(p.x, p.weight, p.bias) end,
  layer_norm_plain = function(p) return nn.layer_norm(p.x, nil, nil, 1e-3) end,
  layer_norm_3d = function(p) return nn.layer_norm(p.x, p.weight, p.bias) end,
  batch_norm = function(p) return nn.batch_norm(p.x, p, true) end,
  batch_norm_plain = function(p) return nn.batch_norm(p.x, {}, true, { eps = 1e-2 }) end,
  batch_norm_evaluation = function(p)
    return nn.batch_norm(p.x, { weight = p.weight, bias = p.bias, running_mean = p.mean,
      running_var = p.var }, false) + (p.mean + p.var) * 0
  end,
  glu = function(p) return nn.glu(p.x) end, swiglu = function(p) return nn.swiglu(p.x) end,
  prelu = function(p) return nn.prelu(p.x, p.a) end,
  prelu_columns = function(p) return nn.prelu(p.x, p.a) end,
  weight_norm = function(p) return nn.weight_norm(p.v, p.g:reshape(-1)) end,
  softmax = function(p) return nn.softmax(p.x) end,
}
for _, name in ipairs { "relu", "sigmoid", "tanh", "leaky_relu", "elu", "gelu", "silu",
  "softplus" } do
  functions[name] = function(p) return nn[name](p.x) end
end

describe("as PyTorch's", function()
  for name, case in pairs(given.functions) do
    it("are output and gradients of " .. name, function()
      local f, inputs = functions[name], {}
      for key, value in pairs(case.inputs) do inputs[key] = double(value) end
      if inputs.codes then
        local codes = inputs.codes:int()
        inputs.codes = nil
        f = function(p) return nn.embedding(codes, p.W) end
      end
      near(case.y, f(inputs)) -- of plain tensors
      local g = double(case.g)
      local both = mah.value_and_grad(function(p)
        local y = f(p)
        return (y * g):sum(), y
      end)
      for _ = 1, 2 do -- written to again at the second time
        local _, gradients, y = both(inputs)
        near(case.y, y)
        for key, expected in pairs(case.gradients) do near(expected, gradients[key]) end
      end
    end)
  end

  it("are the running statistics of batch norm, after three batches", function()
    local case = given.running
    local p = { weight = double(case.weight), bias = double(case.bias),
      running_mean = mah.zeros(4, "float64"), running_var = mah.ones(4, "float64") }
    local layer = nn.BatchNorm { 4, momentum = 0.3 }
    for _, step in ipairs(case.steps) do
      near(step.y, layer(p, double(step.x), true))
      near(step.mean, p.running_mean)
      near(step.var, p.running_var)
    end
    near(case.y, layer(p, double(case.x), false))
    near(case.steps[3].mean, p.running_mean)
  end)

  it("are norms of float32 numbers with a large mean, where PyTorch computes in double", function()
    local x = double(given.far_away.x):float()
    near(given.far_away.layer_norm, nn.layer_norm(x), 1e-6)
    near(given.far_away.batch_norm, nn.batch_norm(x, {}, true), 1e-6)
  end)

  it("are loss and gradients of a residual network with a layer that is there twice", function()
    local case = given.network
    local shared = nn.Linear { 6, 6 }
    local model = nn.Sequential { nn.Linear { 4, 6 }, nn.BatchNorm { 6 }, nn.Tanh {}, shared,
      nn.Residual { nn.LayerNorm { 6 }, shared, nn.GELU {} }, nn.PReLU {}, nn.Linear { 6, 2 } }
    --- PyTorch's "0.weight" as a place in the tree.
    local function tree(values)
      local p = {}
      for name, value in pairs(values) do
        local at, last = p, name:match "[^.]+$"
        for part in name:gsub("%.f%.", "."):match("^(.*)%."):gmatch "%d+" do
          at[tonumber(part) + 1] = at[tonumber(part) + 1] or {}
          at = at[tonumber(part) + 1]
        end
        local t = double(value)
        at[last] = t.ndim == 2 and t:t():contiguous() or t
      end
      return p
    end
    local p = tree(case.value)
    local x = double(case.x)
    local f = mah.value_and_grad(function(q) return model(q, x, true):square():mean() end)
    local loss, gradient = f(p)
    near({ case.loss }, double { loss })
    local function compare(want, got)
      for key, value in pairs(want) do
        if type(value) == "table" then
          compare(value, got[key])
        else
          near(value:totable(), got[key])
        end
      end
    end
    compare(tree(case.gradient), gradient)
  end)
end)
