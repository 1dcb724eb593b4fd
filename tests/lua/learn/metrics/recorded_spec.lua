-- Every recorded answer of scikit-learn and SciPy: see tests/golden/make_metrics.py.
local golden = require "golden"
local json = require "mah.base.json"
local mah = require "mah"
local special = require "mah.learn.metrics.special"

local TOLERANCE = 1e-12

local recorded = json.decode(mah.file.read(golden.path "../metrics.json"))

-- -- Comparing ------------------------------------------------------------------------------------

local names_of_numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function is_close(expected, got)
  expected = names_of_numbers[expected] or expected
  if type(expected) ~= "number" or type(got) ~= "number" then return expected == got end
  if expected ~= expected or got ~= got then return expected ~= expected and got ~= got end
  if expected == got then return true end
  return math.abs(expected - got) <= TOLERANCE * math.max(1, math.abs(expected))
end

--- The first difference as a text; nil when there is none.
local function difference(expected, got, path)
  if type(got) == "cdata" then got = got:totable() end
  if type(expected) ~= "table" then
    if is_close(expected, got) then return nil end
    return ("%s: %s is expected, got %s"):format(path, tostring(expected), tostring(got))
  end
  if type(got) ~= "table" then return path .. ": a table is expected, got " .. tostring(got) end
  for key, value in pairs(expected) do
    local found = difference(value, got[key], path .. "." .. tostring(key))
    if found then return found end
  end
  for key in pairs(got) do
    if expected[key] == nil then return path .. " has " .. tostring(key) .. " too" end
  end
end

-- -- Calling --------------------------------------------------------------------------------------

local function whole(value)
  if type(value) == "table" and value.array then return recorded.arrays[value.array + 1] end
  return value
end

local function dtype_of(list)
  local first = type(list[1]) == "table" and list[1] or list
  for _, x in ipairs(first) do
    if x % 1 ~= 0 then return "float64" end
  end
  return "int32"
end

--- Lists of numbers as tensors: labels as int32, a column as (N, 1) where `column` says so.
local function as_tensor(value, column)
  local item = type(value) == "table" and (type(value[1]) == "table" and value[1][1] or value[1])
  if type(item) ~= "number" then return value end
  local dtype = dtype_of(value)
  local t = mah.tensor(value, { dtype = type(value[1]) == "table" and "float64" or dtype })
  return column and t.ndim == 1 and t:view(-1, 1) or t
end

--- The result as make_metrics.py writes it.
local function call(case, change)
  local args, given = {}, {}
  for i, value in ipairs(case.args) do args[i] = change(whole(value)) end
  for name, value in pairs(case.options) do given[name] = whole(value) end
  if given.sample_weight then given.sample_weight = change(given.sample_weight) end
  if next(given) then args[#args + 1] = given end
  local results = { mah.metrics[case.metric](unpack(args)) }
  return type(case.result) == "table" and case.result.several and { several = results }
    or results[1]
end

local forms = {
  lists = function(value) return value end,
  tensors = function(value) return as_tensor(value) end,
  columns = function(value) return as_tensor(value, true) end,
}

--- All that is wrong with a metric in one form of arguments.
local function faults(cases, form)
  local found = {}
  for i, case in ipairs(cases) do
    local ok, got = pcall(call, case, forms[form])
    local what = not ok and tostring(got) or difference(case.result, got, "result")
    if what then
      found[#found + 1] = ("case %d %s: %s"):format(i,
        json.encode(case.options):gsub("%s+", " "), what)
    end
  end
  return found
end

local by_metric, metrics = {}, {}
for _, case in ipairs(recorded.cases) do
  if not by_metric[case.metric] then
    by_metric[case.metric] = {}
    metrics[#metrics + 1] = case.metric
  end
  table.insert(by_metric[case.metric], case)
end

describe("the recorded answers of scikit-learn", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  for _, metric in ipairs(metrics) do
    for _, form in ipairs { "lists", "tensors", "columns" } do
      if not (form == "columns" and metric == "auc") then
        it(("are what %s gives of %s"):format(metric, form), function()
          local found = faults(by_metric[metric], form)
          assert.equal(0, #found, table.concat(found, "\n", 1, math.min(#found, 5)))
        end)
      end
    end
  end

  it("are of every metric that scikit-learn has", function()
    local ours = {}
    for name in ("mean confusion r2 accuracy wilson_interval mcnemar corrected_ttest get_scorer "
      .. "get_scorer_names make_scorer expected_calibration_error"):gmatch "%S+" do
      ours[name] = true
    end
    for name in pairs(mah.metrics) do
      assert.is_true(by_metric[name] ~= nil or ours[name], name .. " has no recorded answer")
    end
  end)
end)

describe("the recorded answers of SciPy", function()
  for name, rows in pairs(recorded.special) do
    local f = name == "beta_inc" and mah.betainc or special[name]
    it("are what special." .. name .. " gives", function()
      for _, row in ipairs(rows) do
        local expected = row[#row]
        local got = f(unpack(row, 1, #row - 1))
        local near = math.abs(got - expected) <= 1e-11 * math.abs(expected)
          or math.abs(got - expected) < 1e-300
        assert.is_true(near, ("%s(%s): %.17g is expected, got %.17g"):format(name,
          table.concat(row, ", ", 1, #row - 1), expected, got))
      end
    end)
  end

  --- Labels of a test set in which one model alone is right b times, the other c times.
  local function readings(b, c)
    local y, first, second = {}, {}, {}
    for i = 1, b + c + 3 do
      y[i] = "yes"
      first[i] = (i <= b or i > b + c) and "yes" or "no"
      second[i] = i > b and i <= b + c and "yes" or i > b + c + 1 and "yes" or "no"
    end
    second[b + c + 1], first[b + c + 2], second[b + c + 2] = "yes", "no", "no"
    return y, first, second
  end

  it("are what McNemar's test gives", function()
    for _, case in ipairs(recorded.mcnemar) do
      local y, first, second = readings(case.b, case.c)
      local function test(given) return mah.metrics.mcnemar(y, first, second, given) end
      assert.near(case.exact, test({ exact = true }).pvalue, 1e-12)
      local corrected = test { exact = false }
      assert.near(case.corrected, corrected.pvalue, 1e-12)
      assert.near(case.plain, test({ exact = false, correction = false }).pvalue, 1e-12)
      assert.same({ case.b, case.c, 2, 1 },
        { corrected.only_a, corrected.only_b, corrected.both, corrected.neither })
      assert.equal(case.b + case.c < 25, test().exact)
    end
  end)

  it("are what the corrected t-test gives", function()
    local case = recorded.ttest
    local got = mah.metrics.corrected_ttest(case.a, case.b, { n_train = 900, n_test = 100 })
    for _, name in ipairs { "mean", "statistic", "pvalue", "low", "high" } do
      assert.near(case[name], got[name], 1e-12, name)
    end
    assert.equal(9, got.df)
  end)
end)
