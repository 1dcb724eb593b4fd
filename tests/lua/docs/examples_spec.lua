local mah = require "mah"
local public = require "mah.docs.public"

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
}

describe("the examples in the help on plots, toy sets and searches", function()
  for pattern, names in pairs(wanted) do
    local found = examples(pattern)
    for _, name in ipairs(names) do
      it("run: " .. name, function()
        local code = found[pattern:match "^%^(mah%%%.%a+)":gsub("%%", "") .. "." .. name]
        assert.is_truthy(code, "no example")
        local f = assert(loadstring("local mah = ...\n" .. code))
        mah.warnings(false)
        f(mah)
        mah.warnings(true)
      end)
    end
  end
end)
