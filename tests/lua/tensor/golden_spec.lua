-- Every elementwise operation and reduction against NumPy's answers (tests/golden), in float64 and
-- float32.
local mah = require "mah"
local folder = arg[0]:match "^(.*/)" or "./"

local function as_tensor(case, dtype)
  local values = {}
  for i, x in ipairs(case) do values[i] = x end
  return mah.tensor(values, { dtype = dtype }):reshape(case.shape)
end

--- Are the numbers those of the golden table, up to a relative tolerance?
local function assert_close(case, got, tolerance)
  if type(got) == "boolean" then got = got and 1 or 0 end
  if type(got) == "number" then got = mah.tensor({ got }, { dtype = "float64" }):reshape {} end
  assert.same(case.shape, got.shape)
  local flat = got:double():reshape(-1)
  for i, expected in ipairs(case) do
    local x = flat[i]
    local same = x == expected or (x ~= x and expected ~= expected)
    if not same and not (math.abs(x - expected) <= tolerance * math.max(1, math.abs(expected))) then
      assert.equal(("[%d] %.17g"):format(i, expected), ("[%d] %.17g"):format(i, x))
    end
  end
end

local dtypes = { float64 = 2e-15, float32 = 1e-6 }

describe("NumPy's answer", function()
  for _, case in ipairs(dofile(folder .. "../golden/elementwise.lua")) do
    for dtype, tolerance in pairs(dtypes) do
      it(("for %s in %s"):format(case.name, dtype), function()
        local x = as_tensor(case.x, dtype)
        local y = case.y and as_tensor(case.y, dtype)
        -- what float32 makes of the inputs moves results further than the function does
        local steep = case.name == "tan" or case.name == "exp" or case.name == "pow"
        local slack = dtype == "float32" and steep and 10 or 1
        assert_close(case.result, x[case.name](x, y), tolerance * slack)
        assert_close(case.result, mah[case.name](x, y), tolerance * slack)
        if not y then
          assert_close(case.result, x[case.name .. "_"](x), tolerance * slack)
          assert_close(case.result, x, tolerance * slack)
        end
      end)
    end
  end

  local reductions = dofile(folder .. "../golden/reduce.lua")
  for _, case in ipairs(reductions) do
    for dtype, tolerance in pairs(dtypes) do
      it(("for %s in %s along %s"):format(case.name, dtype, case.dim or "all"), function()
        local x = as_tensor(reductions.x, dtype)
        local got
        if case.name == "norm" then
          got = x:norm(case.parameter, case.dim, case.keep)
        elseif case.parameter ~= nil and not case.dim then
          got = x[case.name](x, case.parameter)
        elseif case.parameter ~= nil then
          got = x[case.name](x, case.dim, case.parameter, case.keep)
        else
          got = x[case.name](x, case.dim, case.keep)
        end
        assert_close(case.result, got, tolerance * 4)
      end)
    end
  end
end)
