-- What NumPy and PyTorch answer (tests/golden/make_arrays.py), for tensors that lie row by row, the
-- other way round, and with gaps; as a function and as a method.
local cjson = require "cjson"
local golden = require "golden"
local mah = require "mah"
local Type = require "mah.tensor.type"

local file = assert(io.open(golden.path "../arrays.json"))
local recorded = cjson.decode(file:read "*a")
file:close()

local odd = { nan = 0 / 0, inf = 1 / 0, ["-inf"] = -1 / 0 }

local function made(n)
  local dtype, shape, values = unpack(recorded.tensors[n])
  local list = {}
  for i, v in ipairs(values) do list[i] = odd[v] or v end
  return mah.tensor(list, { dtype = dtype }):reshape(shape)
end

-- The same elements, in another place of memory.
local forms = {
  ["row by row"] = function(x) return x end,
  transposed = function(x)
    local order = {}
    for d = 1, x.ndim do order[d] = x.ndim + 1 - d end
    return x:permute(order):clone():permute(order)
  end,
  ["with gaps"] = function(x)
    if x.ndim == 0 then return mah.stack({ x, x }):select(1, 2) end
    return mah.stack({ x:mul(0):sub(1), x, x }, x.ndim + 1):select(x.ndim + 1, 2)
  end,
}

local function argument(value, form)
  if type(value) ~= "table" then return value end
  if value.t then return form(made(value.t)) end
  local list = {}
  for k, v in pairs(value) do list[k] = argument(v, form) end
  return list
end

local tolerances = { float32 = 2e-6, float64 = 1e-13 }
local loose = { cov = 10, corrcoef = 10, einsum = 10, vecdot = 10, interp = 10, cumprod = 10 }

local function check(name, i, want, got, form)
  local ok, problem = pcall(function()
    if type(want) == "table" then
      local expected = made(want.t)
      assert(Type.is_tensor(got), "a tensor is expected, got " .. tostring(got))
      assert(got.dtype == expected.dtype, expected.dtype .. " is expected, got " .. got.dtype)
      golden.close(expected, got, (tolerances[got.dtype] or 0) * (loose[name] or 1))
    elseif type(want) == "boolean" then
      assert(got == want, tostring(got))
    else
      golden.close(odd[want] or want, got, 2e-6)
    end
  end)
  if not ok then error(("case %d, %s: %s"):format(i, form, tostring(problem)), 0) end
end

local function try(name, i, arguments, wanted, form)
  local list = {}
  for k, a in ipairs(arguments) do list[k] = argument(a, forms[form]) end
  local got = { mah[name](unpack(list)) }
  for k, want in ipairs(wanted) do check(name, i, want, got[k], form) end
  if Type.is_tensor(list[1]) and name ~= "meshgrid" then
    got = { list[1][name](unpack(list)) }
    for k, want in ipairs(wanted) do check(name, i, want, got[k], form .. ", as a method") end
  end
end

describe("NumPy's and PyTorch's answer", function()
  local names, groups = {}, {}
  for i, case in ipairs(recorded.cases) do
    if not groups[case[1]] then
      groups[case[1]], names[#names + 1] = {}, case[1]
    end
    table.insert(groups[case[1]], i)
  end
  for _, name in ipairs(names) do
    for form in pairs(forms) do
      it(("for %s of tensors %s"):format(name, form), function()
        for _, i in ipairs(groups[name]) do
          try(name, i, recorded.cases[i][2], recorded.cases[i][3], form)
        end
      end)
    end
  end
end)
