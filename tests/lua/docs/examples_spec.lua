local mah = require "mah"
local public = require "mah.docs.public"
local running = require "docs.running"

--- The code that help on a function ends with, by its name.
local function examples(pattern)
  local found = {}
  for _, record in ipairs(public.list()) do
    local text = record.name:find(pattern) and record.entry and record.entry.text or ""
    found[record.name] = text:match "\n\n(    [^\n].*)$"
  end
  return found
end

local wanted = {
  ["^mah%.plot%."] = { "scatter", "contour", "boundary", "box", "scatter_matrix", "roc",
    "precision_recall", "calibration", "residuals", "learning_curve", "validation_curve",
    "importance", "overlay" },
  ["^mah%.data%.make_"] = { "make_moons", "make_circles", "make_spirals", "make_blobs",
    "make_regression" },
  ["^mah%.search%."] = { "tpe", "cmaes" },
  ["^mah%.loss%."] = { "cross_entropy", "binary_cross_entropy", "mse", "mae", "huber", "quantile",
    "poisson", "hinge", "focal", "kl", "cosine" },
}

describe("the examples in the help on gradients", function()
  for _, name in ipairs { "grad", "value_and_grad", "vjp", "jvp", "jacobian", "hessian", "hvp",
    "no_grad", "checkpoint", "custom", "minimize" } do
    it("run, and print what they say: " .. name, function()
      local code = assert(examples "^mah%.[%l_]+$"["mah." .. name], "no example")
      local printed, expected = {}, {}
      for line in code:gmatch "%-%->%s*([^\n]+)" do expected[#expected + 1] = line end
      local f = assert(loadstring("local mah, print = ...\n" .. code))
      f(mah, function(...)
        local line = {}
        for i, value in ipairs { ... } do line[i] = tostring(value) end
        printed[#printed + 1] = table.concat(line, " ")
      end)
      assert.same(expected, printed)
    end)
  end
end)

describe("the examples in the help on plots, toy sets, searches and losses", function()
  local runner
  setup(function() runner = running.new() end)
  teardown(function() runner:close() end)

  for pattern, names in pairs(wanted) do
    local found = examples(pattern)
    for _, name in ipairs(names) do
      it("run, and print what they say: " .. name, function()
        local code = found[pattern:match "^%^(mah%%%.%a+)":gsub("%%", "") .. "." .. name]
        assert.is_truthy(code, "no example")
        assert.is_nil(runner:run(code))
      end)
    end
  end
end)
