--- What tests/golden/make_prepare.py recorded of scikit-learn, and the like of tensors and lists.
local golden = require "golden"
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."

local recorded = { all = mah.json.decode(mah.file.read(root .. "/tests/golden/prepare.json")) }

local special = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

--- Recorded values with NaN and infinities in them; strings of other kinds stay.
function recorded.value(value)
  if type(value) ~= "table" then return special[value] or value end
  local out = {}
  for k, v in pairs(value) do out[k] = recorded.value(v) end
  return out
end

--- A recorded list of numbers, or of rows of them, as a float64 tensor.
function recorded.tensor(value)
  return mah.tensor(recorded.value(value), { dtype = "float64" })
end

local function has_strings(value)
  if type(value) ~= "table" then return type(value) == "string" and not special[value] end
  for _, v in pairs(value) do
    if has_strings(v) then return true end
  end
  return false
end

--- Recorded rows as transformers take them: a matrix, or rows with strings.
function recorded.input(value)
  return has_strings(value) and recorded.value(value) or recorded.tensor(value)
end

--- Fails unless what came out (a tensor, a table or a list) is what was recorded.
function recorded.same(expected, got, tolerance)
  if type(got) == "userdata" then
    for i, row in ipairs(recorded.value(expected)) do
      for k, value in ipairs(row) do
        local own = got.columns[k][i]
        assert(own == value or own == nil and value ~= value,
          ("row %d, column %d: %s is expected, got %s"):format(i, k, tostring(value),
            tostring(own)))
      end
    end
    return
  end
  if type(got) == "table" then got = mah.tensor(got, { dtype = "float64" }) end
  if type(got) == "cdata" and #expected == 0 then return end
  golden.close(recorded.tensor(expected), got, tolerance or 1e-12)
end

return recorded
