-- scikit-learn's splits, row for row.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"

local m, s = mah.model_selection, recorded.all.splits

local function list(splitter, x, y, groups)
  local folds = {}
  for train, test in splitter:split(x, y, groups) do
    folds[#folds + 1] = { train:totable(), test:totable() }
  end
  return folds
end

describe("scikit-learn's splits", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  for i, case in ipairs(s.cases) do
    it(("are those of %s, case %d"):format(case.class, i), function()
      local splitter = m[case.class](case.params)
      assert.same(case.folds, list(splitter, mah.zeros(47, 2), s.y, s.groups))
      assert.equal(#case.folds, splitter:get_n_splits(mah.zeros(47, 2)))
    end)
  end

  it("are those of many groups, of which some are equally large", function()
    assert.same(s.many_folds, list(m.GroupKFold { n_splits = 4 }, mah.zeros(300), nil, s.many))
  end)

  for i, case in ipairs(s.two_parts) do
    it("are those of train_test_split, case " .. i, function()
      local params = {}
      for k, v in pairs(case.params) do params[k] = v end
      if params.stratify then params.stratify = s.y end
      local x = mah.arange(1, 47, { dtype = "int32" })
      local a, b, c, d = m.train_test_split(x, s.y, params)
      assert.same(case.parts, { a:totable(), b:totable(), c, d })
    end)
  end
end)

describe("train_test_split", function()
  it("takes what has rows, columns by name too", function()
    local t = { age = { 1, 2, 3, 4, 5, 6, 7, 8 },
      kind = { "u", "v", "u", "v", "u", "v", "u", "v" } }
    local train, test = m.train_test_split(t, { test_size = 0.25, stratify = "kind",
      random_state = 1 })
    assert.equal(6, #train.age)
    assert.equal(2, #test.kind)
    assert.not_equal(test.kind[1], test.kind[2])
  end)
end)

describe("what cannot be split", function()
  local function says(text, f, ...)
    local message = golden.message(f, ...)
    assert.truthy(message:find(text, 1, true), message)
  end
  local function split(splitter, ...) return function(...) list(splitter, ...) end, ... end

  it("is named", function()
    says("n_splits = 5 is more than the 3 rows", split(m.KFold {}, mah.zeros(3)))
    says("class b has a single row", split(m.StratifiedShuffleSplit { test_size = 2 },
      mah.zeros(5), { "a", "a", "a", "a", "b" }))
    says("n_splits = 5 is more than the number of rows in each class, 4 at most",
      split(m.StratifiedKFold {}, mah.zeros(5), { "a", "a", "a", "a", "b" }))
    says("n_splits = 5 is more than the number of groups, 2",
      split(m.GroupKFold {}, mah.zeros(5), nil, { 1, 1, 1, 2, 2 }))
    says("x has 3 rows and y has 2", split(m.KFold {}, mah.zeros(3), { 1, 2 }))
    says("argument 1 has 3 rows, and argument 2 has 2", m.train_test_split, mah.zeros(3), { 1, 2 })
    says("did you mean 'n_splits'?", m.KFold, { n_split = 2 })
    says("random_state has no effect without shuffle", split(m.KFold { random_state = 1 },
      mah.zeros(9)))
    says("row 2 holds 0.5, which is no class", split(m.StratifiedKFold { n_splits = 2 },
      mah.zeros(4), mah.tensor { 1, 0.5, 1, 0.5 }))
    says("shares that sum to 1.1", m.train_test_split, mah.zeros(2), { test_size = 0.5,
      train_size = 0.6 })
  end)

  it("may only be warned about", function()
    local text = golden.warnings(list, m.StratifiedKFold { n_splits = 3 }, mah.zeros(6),
      { "a", "a", "a", "a", "a", "rare" })
    assert.truthy(text:find("class rare has only 1 rows, fewer than n_splits = 3", 1, true), text)
  end)
end)
