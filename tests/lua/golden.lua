--- What the specs share that compare with NumPy's answers: where the golden files are (see
--- tests/golden/numpy_golden.py), and a comparison of tensors.
---
---     local golden = require "golden"
---     local g = golden.npz "linalg"
---     golden.close(g.solve, g.a:solve(g.b), 1e-12)
local mah = require "mah"

local golden = {}

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."

--- The path of a file below tests/golden/numpy.
function golden.path(name) return root .. "/tests/golden/numpy/" .. name end

--- The arrays of tests/golden/numpy/NAME.npz.
function golden.npz(name) return mah.load_npz(golden.path(name .. ".npz")) end

local function numbers(x)
  if type(x) == "number" then return { x }, "number" end
  return x:double():reshape(-1):totable(), table.concat(x.shape, "x")
end

--- Fails unless both have one shape and each element of `got` is within `tolerance` (relative above
--- 1, absolute below) of its counterpart. NaN goes with NaN, infinities with themselves. A number
--- goes with a tensor without dimensions.
function golden.close(expected, got, tolerance)
  local e, expected_shape = numbers(expected)
  local g, got_shape = numbers(got)
  if got_shape == "number" then got_shape = "" end
  if expected_shape == "number" then expected_shape = "" end
  if expected_shape ~= got_shape then
    error(("shape %s is expected, got %s"):format(expected_shape, got_shape), 2)
  end
  for i = 1, #e do
    local same = e[i] == g[i] or (e[i] ~= e[i] and g[i] ~= g[i])
    if not same and not (math.abs(e[i] - g[i]) <= tolerance * math.max(1, math.abs(e[i]))) then
      error(("element %d: %.17g is expected, got %.17g"):format(i, e[i], g[i]), 2)
    end
  end
end

--- Every element exactly.
function golden.equal(expected, got)
  local ok, problem = pcall(golden.close, expected, got, 0)
  if not ok then error(problem, 2) end
end

--- What f(...) writes to stderr as warnings.
function golden.warnings(f, ...)
  local real, out = io.stderr, {}
  rawset(io, "stderr", { write = function(_, ...) out[#out + 1] = table.concat { ... } end })
  local ok, problem = pcall(f, ...)
  rawset(io, "stderr", real)
  if not ok then error(problem, 0) end
  return table.concat(out)
end

--- The error message of f(...); fails when there is none.
function golden.message(f, ...)
  local ok, message = pcall(f, ...)
  if ok then error("an error is expected", 2) end
  return tostring(message)
end

return golden
