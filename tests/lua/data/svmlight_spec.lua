--- svmlight files as scikit-learn reads them (tests/golden/make_svmlight.py).
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

describe("mah.data.svmlight", function()
  local path = os.tmpname()
  teardown(function() os.remove(path) end)
  local function read(text, given)
    file.write(path, text)
    return mah.data.svmlight(path, given)
  end

  for _, case in ipairs(dofile(golden.path "../svmlight.lua")) do
    local given = { dtype = "float64" }
    for name, value in pairs(case.options) do given[name] = value end
    it("is scikit-learn's: " .. case.name, function()
      if not case.x then
        assert.matches(" " .. path .. "[: ]", golden.message(read, case.text, given))
        return
      end
      local x, y, qid = read(case.text, given)
      assert.same({ #case.y, case.columns }, x.shape)
      assert.same(case.x, x:totable())
      assert.same(case.y, given.multilabel and y or y:totable())
      assert.same(case.qid, qid and qid:totable())
    end)
  end
  it("gives float32 and no qid unless asked", function()
    local x, y, qid = read "1 qid:4 1:.1\n"
    assert.equal("float32", x.dtype)
    assert.equal("float64", y.dtype)
    assert.is_nil(qid)
  end)
  it("reads what gzip has packed, and lines of more than a mebibyte", function()
    local parts = { "7" }
    for i = 1, 150000 do parts[i + 1] = i .. ":" .. i end
    local text = "1 2:3\n" .. table.concat(parts, " ")
    local x, y = read(text)
    assert.same({ 2, 150000 }, x.shape)
    assert.equal(150000, x[{ 2, 150000 }])
    assert.same({ 1, 7 }, y:totable())
    os.execute(("gzip -c '%s' >'%s.gz'"):format(path, path))
    local packed = mah.data.svmlight(path .. ".gz")
    os.remove(path .. ".gz")
    assert.is_true(packed:eq(x):all())
  end)
  it("is what fit takes", function()
    local x, y = read "1 1:1 3:1\n-1 2:1\n1 1:1\n-1 2:1 3:1\n"
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 200, random_state = 1,
      learning_rate_init = .05 }
    assert.equal(1, clf:fit(x, y):score(x, y))
    assert.same({ -1, 1 }, clf.classes_)
  end)
  it("names line and token", function()
    local function message(text, given) return golden.message(read, text, given) end
    assert.matches("line 3: '1:x' is not INDEX:VALUE", message "# head\n1 1:2\n1 1:x 2:3\n")
    assert.matches("line 1: 'one' is not a label", message "one 1:2\n")
    assert.matches("line 1: '2:7' is not in its place: indices must ascend", message "1 3:1 2:7\n")
    assert.matches("line 1: '0:1' is not possible: with zero_based = false",
      message("1 0:1\n", { zero_based = false }))
    assert.matches("line 1: '%-2:1' is not possible: an index below 0", message "1 -2:1\n")
    assert.matches("line 1: '2147483647:1' is not possible", message "1 2147483647:1\n")
    assert.matches("line 1: 'qid:x' is not qid:INTEGER", message "1 qid:x 1:1\n")
    assert.matches("line 2 has no qid", message("1 qid:1 1:1\n1 1:1\n", { query_id = true }))
    assert.matches("has 7 features; n_features is 3", message("1 7:1\n", { n_features = 3 }))
    assert.matches("cannot read .*nowhere",
      golden.message(mah.data.svmlight, "/nowhere.svm"))
    assert.matches("did you mean 'n_features'",
      golden.message(mah.data.svmlight, path, { nfeatures = 3 }))
  end)
  it("refuses a tensor that the machine cannot hold, with its size", function()
    assert.matches("1000 rows of 2147483646 features take 8e%+03 GiB as a dense float32 tensor",
      golden.message(read, ("1 2147483646:1\n"):rep(1000)))
  end)
end)
