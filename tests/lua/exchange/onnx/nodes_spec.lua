--- The node tests that python3-onnx generates, all of those made of operators that Mah reads.
local decode = require "mah.exchange.onnx.decode"
local fold = require "mah.exchange.onnx.fold"
local golden = require "golden"
local mah = require "mah"
local operators = require "mah.exchange.onnx.operators"

local PYTHON = "/usr/bin/python3"

--- Is every element within atol + rtol |b| of b's, and is what is not finite the same?
local function is_near(a, b, rtol, atol)
  if table.concat(a.shape, "x") ~= table.concat(b.shape, "x") then return false end
  a, b = a:double(), b:double()
  local near = (a - b):abs():le(b:abs() * rtol + atol)
  return (near + a:eq(b) + a:isnan() * b:isnan()):all()
end

--- Fails where an output is not what the case says; with `wide`, all float32 are float64.
local function run(folder, case, wide)
  local function tensor(kind, k)
    local path = ("%s/%s.%s.%d.pb"):format(folder, case.name, kind, k - 1)
    local t = decode.tensor_file(mah.file.read(path), path)
    return wide and t.dtype == "float32" and t:double() or t
  end
  local path = ("%s/%s.onnx"):format(folder, case.name)
  local model = decode.model(mah.file.read(path), path)
  local values = fold.new(model)
  for k = 1, case.inputs do values:set(model.graph.inputs[k].name, (tensor("in", k))) end
  for _, node in ipairs(model.graph.nodes) do
    if not values:take(node) then error("a node without values: " .. node.op) end
  end
  for k = 1, case.outputs do
    local got, expected = values:get(model.graph.outputs[k].name), tensor("out", k)
    if not is_near(got, expected, case.rtol, case.atol) then
      error(("%s\nis expected, got\n%s"):format(tostring(expected), tostring(got)))
    end
  end
end

describe("ONNX's own node tests", function()
  if os.execute(PYTHON .. " -c 'import onnx' 2>/dev/null") ~= 0 then
    it("say what the operators are", function() pending "python3-onnx is not installed" end)
    return
  end
  local folder = os.tmpname()
  os.remove(folder)
  mah.file.make_directory(folder)
  teardown(function() os.execute("rm -r " .. folder) end)

  it("say what the operators are", function()
    local made = os.execute(("%s %s %s %s 2>/dev/null"):format(PYTHON,
      golden.path "../onnx_node_cases.py", folder, table.concat(operators.names(), " ")))
    assert.equal(0, made)
    local cases, failed = mah.json.decode(mah.file.read(folder .. "/cases.json")), {}
    local count = { small = 0, right_small = 0, all = 0, right = 0 }
    local function try(case, wide)
      local ok, problem = pcall(run, folder, case, wide)
      local small = case.ndim <= 2
      count.all, count.right = count.all + 1, count.right + (ok and 1 or 0)
      if small then
        count.small, count.right_small = count.small + 1, count.right_small + (ok and 1 or 0)
      end
      if not ok then failed[#failed + 1] = case.name .. ": " .. tostring(problem) end
    end
    for _, case in ipairs(cases) do
      try(case, false)
      try(case, true)
    end
    print(("# ONNX node tests, each as it is and in float64: %d of %d of at most two dimensions, "
      .. "%d of %d in all"):format(count.right_small, count.small, count.right, count.all))
    assert.same({}, failed)
    assert.is_true(count.small > 150)
  end)
end)
