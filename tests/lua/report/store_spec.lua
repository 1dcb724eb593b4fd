local compact = require "mah.report.store.compact"
local curves = require "mah.report.store.curves"
local data = require "mah.report.store.data"
local json = require "mah.base.json"

describe("compact JSON", function()
  it("has numbers of six digits", function()
    assert.equal("[0.333333,1234567,1e-5,-2.5e10,1e999,-1e999,null,null]", compact.encode {
      1 / 3, 1234567, 1e-5, -2.5e10 - 0.25, math.huge, -math.huge, 0 / 0, compact.NONE }
      :gsub("e%+", "e"))
  end)

  it("ends no element of a page", function()
    local text = compact.encode { ["</script>"] = "<!-- \255" }
    assert.equal('{"\\u003c/script>":"\\u003c!-- ?"}', text)
    assert.equal("<!-- ?", json.decode(text)["</script>"])
  end)
end)

--- n trials with curves of so many points, with a peak.
local function rows_with_curves(n, points)
  local rows = {}
  for i = 1, n do
    local curve = { epochs = {}, values = {} }
    for k = 1, points do curve.epochs[k], curve.values[k] = k, k end
    curve.values[points / 2] = 1000
    rows[i] = { number = i, params = { a = i }, status = "done", result = { value = i },
      seconds = 1, curve = curve }
  end
  return rows
end

describe("curves of a page", function()
  local most = curves.MOST
  after_each(function() curves.MOST = most end)

  it("are whole where there are few", function()
    local found = curves.of(rows_with_curves(3, 40))
    assert.same({ 0, 1, 2 }, found.of)
    assert.same({ 0, 0, 0 }, found.at)
    assert.equal(40, #found.values[3])
    assert.is_false(found.thinned)
  end)

  it("keep their ends and their peaks where there are many", function()
    curves.MOST = 100
    local found = curves.of(rows_with_curves(10, 40))
    assert.is_true(found.thinned)
    local steps, values = found.steps[1], found.values[1]
    assert.is_true(#values <= 12 and #steps == #values, #values)
    assert.same({ 1, 40 }, { steps[1], steps[#steps] })
    assert.equal(1000, math.max(unpack(values)))
  end)

  it("may not be there", function()
    assert.is_nil(curves.of { { number = 1 }, { number = 2, curve = { epochs = {} } } })
  end)
end)

describe("the data of a page", function()
  local function of(row, rows) return json.decode(data.of { { row = row, rows = rows } })[1] end

  it("tells parameters from results, and what is judged", function()
    local rows = rows_with_curves(6, 4)
    rows[2].result, rows[2].status, rows[2].error = nil, "failed", ("x"):rep(9000)
    rows[3].params.b, rows[3].result.a = { 1, 2 }, 7
    local study = of({ name = "s", of = "value", goal = "min" }, rows)
    local groups = {}
    for _, column in ipairs(study.columns) do groups[column.name] = column end
    assert.equal("parameter", groups.a.group)
    assert.equal("result", groups["result.a"].group)
    assert.same({ "[1,2]" }, groups.b.texts)
    assert.equal("trial", groups.status.group)
    assert.is_true(#groups.error.texts[1] < 5000)
    assert.same({ { "value" }, { "min" }, { 0 } }, { study.of, study.goal, study.best })
  end)

  it("has the front of several results", function()
    local rows = {}
    for i = 1, 4 do
      rows[i] = { number = i, params = {}, status = "done", result = { x = i, y = i % 3 } }
    end
    local study = of({ name = "s", of = '["x","y"]', goal = '["max","max"]' }, rows)
    assert.same({ 1, 3 }, study.best)
  end)

  it("finds importances anew only when trials have grown", function()
    local rows, kept = rows_with_curves(20, 2), {}
    local study = { row = { name = "s" }, rows = rows }
    data.of({ study }, kept)
    local _, first = next(kept)
    rows[21] = rows_with_curves(1, 2)[1]
    data.of({ study }, kept)
    assert.equal(first, select(2, next(kept)))
    for i = 22, 40 do rows[i] = rows_with_curves(1, 2)[1] end
    data.of({ study }, kept)
    assert.not_equal(first, select(2, next(kept)))
  end)
end)
