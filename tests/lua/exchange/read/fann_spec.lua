--- FANN's networks. tests/golden/make_fann.c made the files of tests/golden/fann and the answers.
local fann = require "mah.exchange.read.fann"
local golden = require "golden"
local json = require "mah.base.json"
local mah = require "mah"
local samples = require "exchange.samples"

local folder = golden.path "../fann/"
local answers = json.decode(mah.file.read(folder .. "answers.json"))

--- Names a file, writes it and reads it.
local path
local function read(text, given)
  mah.file.write(path, text)
  return fann.read(path, given)
end

local function refused(text, message)
  local ok, problem = pcall(read, text)
  assert.is_false(ok)
  assert.matches(message, problem)
  assert.matches(path, problem, 1, true)
end

local function close(name, model, method)
  local x = mah.tensor(answers[name].x)
  -- The sine of a number near 100, in float32.
  golden.close(mah.tensor(answers[name].y), model[method or "forward"](model, x),
    name == "functions" and 1e-5 or 1e-6)
end

local function given_for(name) return name == "scaled" and { scaling = false } or nil end

--- A network of one input, written as FANN would.
local function net_of(activation, steepness, weights)
  return ([[
FANN_FLO_2.1
num_layers=2
network_type=0
layer_sizes=2 2
scale_included=0
neurons (num_inputs, activation_function, activation_steepness)=(0, 0, 0.0e+00) (0, 0, 0.0e+00)]]
    .. [[ (2, %d, %s) (0, 0, 0.0e+00)
connections (connected_to_neuron, weight)=(0, %s) (1, %s)
]]):format(activation, steepness, weights[1], weights[2])
end

describe("FANN's networks", function()
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  for _, name in ipairs { "functions", "hidden", "steep", "sparse", "shortcut", "cascade",
    "scaled", "fixed" } do
    it("predict what fann_run does: " .. name, function()
      close(name, fann.read(folder .. name .. ".net", given_for(name)))
    end)

    it("may have a comma for the decimal point: " .. name, function()
      local text = mah.file.read(folder .. name .. ".net")
      local comma = text:gsub("(%d)%.(%d%d)", "%1,%2"):gsub("\n", "\r\n")
      assert.not_equal(text, comma)
      close(name, read(comma, given_for(name)))
    end)
  end

  it("are known by their first line", function()
    assert.is_true(fann.knows "FANN_FLO_2.1\nnum_layers=3")
    assert.is_false(fann.knows "FANN")
  end)

  it("apply the scaling in the file when asked, and warn when not", function()
    local file = folder .. "scaled.net"
    close("scaled by the file", fann.read(file, { scaling = true }), "predict")
    assert.matches("scaling = true applies it", golden.warnings(fann.read, file), 1, true)
    assert.equal("", golden.warnings(fann.read, file, { scaling = false }))
    assert.error_matches(function() fann.read(folder .. "fixed.net", { scaling = true }) end,
      "holds no scaling")
  end)

  it("are classifiers or regressors when asked", function()
    local net = fann.read(folder .. "hidden.net")
    local x = mah.tensor(answers.hidden.x)
    local regressor = fann.read(folder .. "hidden.net", { regression = true })
    golden.close(net:forward(x), regressor:predict(x), 1e-6)
    local clf = fann.read(folder .. "hidden.net", { classes = { "a", "b" } })
    local largest = net:forward(x):argmax(2)
    for row, label in ipairs(clf:predict(x)) do
      assert.equal(largest[row] == 1 and "a" or "b", label)
    end
  end)

  it("keep Mah's activations where one function serves a layer", function()
    assert.equal("1 -> 1 logistic, 2 parameters", tostring(read(net_of(3, "0.5", { 1, 2 }))))
    assert.equal("1 -> 1 tanh -> 1 identity, 4 parameters",
      tostring(read(net_of(5, "0.5", { 1, 2 }))))
  end)

  it("cut sums where FANN does", function()
    local net = read(net_of(0, "0.5", { 1, 2 }))
    golden.close(mah.tensor { { 51 }, { 300 }, { -300 } },
      net:forward(mah.tensor { { 100 }, { 1e6 }, { -1e6 } }), 1e-6)
  end)

  it("are refused where something is wrong", function()
    local good = net_of(0, "0.5", { 1, 2 })
    refused("FANN_FLO_1.1\n" .. good, "FANN_FLO_1%.1.*fann_save")
    refused(net_of(9, "0.5", { 1, 2 }), "neuron 2: the activation function 9")
    refused(net_of(18, "0.5", { 1, 2 }), "activation function 18")
    refused(net_of(0, "-0.5", { 1, 2 }), "a steepness of %-0.5")
    refused(net_of(0, "nan", { 1, 2 }), "a steepness of nan")
    refused(net_of(0, "0.5", { "inf", 2 }), "not all finite")
    refused(net_of(0, "0.5", { "x", 2 }), '"x" is no number')
    refused(good:gsub("%(1, 2%)", "(2, 2)"), "neuron 2 looks at neuron 2")
    refused(good:gsub("%(1, 2%)", "(4000000000, 2)"), "looks at neuron 4000000000")
    refused(good:gsub("%(1, 2%)", ""), "1 connections, but the neurons have 2")
    refused(good:gsub("layer_sizes=2 2", "layer_sizes=2 1e15"), "4 neurons, but layer_sizes names")
    refused(good:gsub("layer_sizes=2 2", "layer_sizes=2 1.5"), "a layer of 1%.5 neurons")
    refused(good:gsub("layer_sizes=2 2", "layer_sizes=2 -2"), "a layer of %-2 neurons")
    refused(good:gsub("layer_sizes=2 2", "layer_sizes=1 3"), "without inputs")
    refused(good:gsub("layer_sizes.-\n", ""), "there is no layer_sizes")
    refused(good:gsub("network_type=0", "network_type=2"), "network_type 2")
    refused(good:gsub("num_layers=2", "num_layers=3"), "num_layers is 3")
    refused(good:gsub("FANN_FLO_2.1", "FANN_FIX_2.0"), "no decimal_point")
    refused(good:gsub("FANN_FLO_2.1", "FANN_FIX_2.0\ndecimal_point=99"), "no decimal_point")
    refused(good:gsub("connections.*", "connections (connected_to_neuron, weight)=(0, 1) here"),
      "here.* is none of its entries")
  end)

  it("of a few connections do not become huge matrices", function()
    local layers, neurons, connections = {}, {}, {}
    for i = 1, 3000 do layers[i], neurons[i] = "1", "(1, 0, 0.5)" end
    layers[1], neurons[1], neurons[0] = "2", "(0, 0, 0) (0, 0, 0)", nil
    for i = 2, 3000 do connections[i - 1] = ("(%d, 1)"):format(i == 3000 and 0 or i - 2) end
    connections[2999] = table.concat(connections, " ", 2999)
    local last = {}
    for i = 0, 3000 do last[#last + 1] = i ~= 1 and ("(%d, 1)"):format(i) or nil end
    neurons[3000] = ("(%d, 0, 0.5)"):format(#last - 1)
    table.remove(last)
    connections[2999] = table.concat(last, " ")
    local text = "FANN_FLO_2.1\nnum_layers=3000\nnetwork_type=1\nlayer_sizes="
      .. table.concat(layers, " ") .. "\nneurons (num_inputs, activation_function, "
      .. "activation_steepness)=" .. table.concat(neurons, " ")
      .. "\nconnections (connected_to_neuron, weight)=" .. table.concat(connections, " ") .. "\n"
    refused(text, "as dense layers its %d+ connections would take more than")
  end)

  samples.each(it, pending, {
    ["fann-std.net"] = function(file)
      local y = mah.load(file):forward(mah.tensor { { .5, .25 } })
      golden.close(mah.tensor { { -0.0170781 } }, y, 1e-7)
    end,
    ["fann-short.net"] = function(file)
      local y = mah.load(file):forward(mah.tensor { { .5, .25 } })
      golden.close(mah.tensor { { 0.49734 } }, y, 1e-6)
    end,
    ["fann-fixed.net"] = function(file)
      local y = mah.load(file):forward(mah.tensor { { .5, .25 } })
      golden.close(mah.tensor { { -0.0170781 } }, y, 1e-5)
    end,
  })
end)
