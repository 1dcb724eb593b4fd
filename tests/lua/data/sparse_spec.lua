--- Sparse matrices: what they hold, and where they are named.
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

describe("a sparse matrix", function()
  local path, dense, x = os.tmpname(), nil, nil
  setup(function()
    mah.manual_seed(3)
    local lines = {}
    for i = 1, 30 do
      lines[i] = tostring(i)
      for j = 1, 17 do
        if mah.rand():item() < 0.2 then lines[i] = ("%s %d:%.3f"):format(lines[i], j, i / j) end
      end
    end
    file.write(path, table.concat(lines, "\n"))
    local given = { n_features = 17, zero_based = false }
    dense = mah.data.svmlight(path, given)
    given.sparse = true
    x = mah.data.svmlight(path, given)
  end)
  teardown(function() os.remove(path) end)

  it("has rows, columns, type and elements under PyTorch's names", function()
    file.write(path .. "2", "1 1:1 3:2.5\n2\n3 2:-1\n")
    local m, labels = mah.data.svmlight(path .. "2", { sparse = true, dtype = "float64" })
    os.remove(path .. "2")
    assert.equal("sparse float64 3x3, 3 elements", tostring(m))
    assert.equal(3, #m)
    assert.same({ { 3, 3 }, 2, "float64" }, { m.shape, m.ndim, m.dtype })
    assert.same({ 0, 2, 2, 3 }, m:crow_indices():totable())
    assert.same({ 0, 2, 1 }, m:col_indices():totable())
    assert.same({ 1, 2.5, -1 }, m:values():totable())
    assert.same({ { 1, 0, 2.5 }, { 0, 0, 0 }, { 0, -1, 0 } }, m:to_dense():totable())
    assert.same({ { 0, -1, 0 }, { 1, 0, 2.5 } }, m:index_select(1, { 3, 1 }):to_dense():totable())
    assert.equal("float32", m:to("float32").dtype)
    assert.same({ 1, 2, 3 }, labels:totable())
    m:values():fill_(9) -- a copy
    assert.equal(1, m:to_dense()[1][1])
  end)
  it("is the tensor that the file gives otherwise", function()
    assert.is_true(x:to_dense():equal(dense))
    local order = mah.randperm(30):int()
    assert.is_true(x:index_select(1, order):to_dense():equal(dense:index_select(1, order)))
  end)
  it("names what it has not, and rows that are not there", function()
    local message = golden.message
    assert.matches('no "sum"; x:to_dense%(%) makes a tensor', message(function() return x.sum end))
    assert.matches("did you mean 'to_dense'", message(function() return x.to_dens end))
    assert.matches("cannot be changed", message(function() x.shape = 1 end))
    assert.matches("position 31 is outside of 1 ... 30",
      message(function() x:index_select(1, { 31 }) end))
    assert.matches("position 0 is", message(function() x:index_select(1, { 0 }) end))
    assert.matches("dimension 1", message(function() x:index_select(2, { 1 }) end))
    assert.matches("float32 or float64; got \"int32\"", message(function() x:to "int32" end))
  end)
  it("is named where a tensor is expected", function()
    local message, y = golden.message, mah.arange(1, 30)
    for name, call in pairs {
      sum = function() mah.sum(x) end, exp = function() mah.exp(x) end,
      cat = function() mah.cat({ x, x }, 1) end, add = function() return dense + x end,
      metric = function() mah.metrics.accuracy_score(x, y) end,
      scaler = function() mah.preprocessing.StandardScaler {}:fit(x) end,
      regressor = function() mah.MLPRegressor {}:fit(dense, x) end,
      labels = function() mah.MLPClassifier {}:fit(dense, x) end,
    } do
      local text = message(call)
      assert(text:find("a sparse matrix (30x17)", 1, true), name .. ": " .. text)
    end
  end)
end)
