-- The report's arithmetic: spreads, choices, verdicts, words, intervals, tables of numbers.
require "report.studies"
local Summary = require "common.summary"
local claim = require "common.claim"
local csv_files = require "common.csv_files"
local classification = require "common.classification"
local mah = require "mah"
local levels = require "common.levels"

local Language = mah.report.Language

--- Rows of one measure each: {x, {values}}.
local function rows_of(settings)
  local rows = {}
  for _, setting in ipairs(settings) do
    for seed, value in ipairs(setting[2]) do
      rows[#rows + 1] = { name = "x=" .. setting[1], params = { x = setting[1], seed = seed },
        result = { validation = value, n_iter = setting[3] } }
    end
  end
  return rows
end

describe("Summary", function()
  it("gives mean, sample deviation and standard error by setting", function()
    local s = Summary.new(rows_of { { 1, { 2, 4, 6 }, 5 }, { 2, { 7 }, 5 } }, "x")
    assert.equal(2, #s)
    assert.equal(4, s[1].validation.mean)
    assert.equal(2, s[1].validation.sd)
    assert.near(2 / math.sqrt(3), s[1].validation.error, 1e-15)
    assert.equal(0, s[2].validation.sd)
    assert.equal(2, s[2].x)
  end)

  it("leaves settings without a result out, and lists what failed", function()
    local rows = rows_of { { 1, { 0.5 }, 5 }, { 2, { 0.6 }, 5 } }
    rows[2].result, rows[2].error = nil, "diverged"
    local s = Summary.new(rows, "x")
    assert.equal(1, #s)
    assert.equal("diverged", s.failed[1].error)
  end)

  it("chooses within one standard error of the best", function()
    local s = Summary.new(rows_of {
      { 1, { 0.80, 0.82 }, 3 }, { 2, { 0.90, 0.92 }, 9 }, { 3, { 0.90, 0.93 }, 8 },
      { 4, { 0.905, 0.905 }, 7 },
    }, "x")
    assert.equal(3, s:best("validation").x)
    assert.equal(2, s:choose().x)
    assert.equal(4, s:choose("n_iter").x)
  end)

  it("finds settings by x", function()
    local s = Summary.new(rows_of { { 1, { 1 }, 5 }, { 4, { 2 }, 4 }, { 9, { 3 }, 3 } }, "x")
    assert.equal(4, s:nearest(5).x)
    assert.equal(2, #s:between(2, 9))
    assert.is_nil(s:at(5))
    assert.equal(2, s:mean "validation")
    assert.equal(9, s:least("n_iter").x)
    assert.same({ 1, 4, 9 }, s:column "x")
  end)
end)

describe("claim", function()
  local function spread(...) return Summary.spread { ... } end

  it("compares against two standard errors and a margin", function()
    assert.equal("more", claim.compare(spread(5, 5.1, 4.9), spread(4, 4.1, 3.9)))
    assert.equal("less", claim.compare(spread(4, 4.1, 3.9), spread(5, 5.1, 4.9)))
    assert.equal("same", claim.compare(spread(5, 7, 3), spread(4, 6, 2)))
    assert.equal("same", claim.compare(spread(5), spread(4), 1))
  end)

  it("counts what agrees", function()
    assert.equal(claim.yes, claim.share(true, true))
    assert.equal(claim.no, claim.share(false, false))
    assert.equal(claim.depends, claim.share(true, false))
  end)

  it("picks the sentence of the verdict, and depends where there is no evidence", function()
    local given = { id = "a", text = "t", rule = "r", measured = "m",
      why = { [claim.yes] = "good", [claim.no] = "bad", [claim.depends] = "so so" },
      decide = function(s) return s.verdict, { n = 1 } end }
    local result = claim.check(given, { 1, verdict = claim.no }, {})
    assert.equal("bad", result.why)
    assert.equal(1, result.values.n)
    assert.equal(claim.depends, claim.check(given, {}, {}).verdict)
    assert.equal(claim.depends, claim.check(given, { 1 }, {}).verdict)
    assert.has_error(function() claim.check(given, { 1, verdict = "perhaps" }, {}) end)
  end)
end)

describe("levels", function()
  it("are cut as the rule says", function()
    assert.equal("high", levels.accuracy(0.96, 0.97))
    assert.equal("mid", levels.accuracy(0.95, 0.97))
    assert.equal("low", levels.accuracy(0.93, 0.97))
    assert.equal("high", levels.iterations(67, 100))
    assert.equal("mid", levels.iterations(50, 100))
    assert.equal("low", levels.iterations(33, 100))
  end)
end)

describe("classification", function()
  local confusion = mah.tensor({ { 8, 2, 0 }, { 1, 9, 0 }, { 3, 0, 0 } }, { dtype = "int32" })

  it("gives precision, recall, F1 and support, 0/0 being 0", function()
    local list = classification.per_class(confusion)
    assert.near(8 / 12, list[1].precision, 1e-15)
    assert.near(0.8, list[1].recall, 1e-15)
    assert.near(2 * 8 / (12 + 10), list[1].f1, 1e-15)
    assert.equal(3, list[3].support)
    assert.same({ 0, 0, 0 }, { list[3].precision, list[3].recall, list[3].f1 })
  end)

  it("orders the confused pairs", function()
    local list = classification.pairs(confusion)
    assert.same({ truth = 2, predicted = 0, count = 3 }, list[1])
    assert.same({ truth = 0, predicted = 1, count = 2 }, list[2])
    assert.equal(3, #list)
  end)

  it("lists the wrong ones, surest first", function()
    local y = mah.tensor({ 0, 1, 1 }, { dtype = "int32" })
    local predicted = mah.tensor({ 1, 1, 0 }, { dtype = "int32" })
    local p = mah.tensor { { 0.4, 0.6 }, { 0.1, 0.9 }, { 0.8, 0.2 } }
    local list = classification.wrong(y, predicted, p)
    assert.equal(2, #list)
    assert.same({ 3, 1 }, { list[1].row, list[2].row })
    assert.near(0.8, list[1].confidence, 1e-6)
  end)
end)

describe("csv_files", function()
  it("quotes what needs it and keeps times apart", function()
    local rows = { { name = 'x="a", b', params = { seed = 1, n = 5, max_iter = 3, tol = 1e-3 },
      result = { train = 0.5, test = 1 / 3, n_iter = 3, loss = 0.1, stopped_by = "max_iter",
        seconds = 9.5, gap = 0.25 } }, { name = "x=2", params = { seed = 1 }, error = "a\nb" } }
    local text = csv_files.results { { id = "s", rows = rows } }
    local lines = {}
    for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal(3, #lines)
    assert.equal('s,"x=""a"", b",1,5,3,0.001,0.5,,0.333333,3,0.1,max_iter,gap=0.25,ok,', lines[2])
    assert.matches(",failed,a$", lines[3])
    assert.is_nil(text:find("9.5", 1, true))
    assert.matches("9%.5", csv_files.timings { { id = "s", rows = rows } })
  end)

  it("gives claims in English, without times", function()
    local checked = { id = "c", text = { en = "T", fa = "ت" }, rule = "r", verdict = claim.yes,
      measured = "{a:2} s", why = "w", values = { a = 1.5 }, timed = false }
    local studies = { { id = "s", number = 1, claims = { checked } } }
    assert.matches("1,s,c,T,1%.50 s,reproduced,r,w", csv_files.claims(studies, Language.of "en"))
    checked.timed = true
    assert.is_nil(csv_files.claims(studies, Language.of "en"):find("1.50", 1, true))
  end)
end)

describe("Language", function()
  local en, fa = Language.of "en", Language.of "fa"

  it("fills places in", function()
    local text = { en = "{a:4} of {b}, {c:%1}, {d:+2}", fa = "{a:2} از {b}" }
    assert.equal("0.5000 of 12,000, 25.0%, +0.50",
      en:say(text, { a = 0.5, b = 12000, c = 0.25, d = 0.5 }))
    assert.equal("۰٫۵۰ از ۳", fa:say(text, { a = 0.5, b = 3 }))
    assert.equal("1, 2", en:say("{list}", { list = { 1, 2 } }))
    assert.equal("high", en:say("{word}", { word = levels.names.high }))
  end)

  it("complains about a place without a value and a text without a language", function()
    assert.error_matches(function() en:say("{gone}", {}) end, "no value for {gone}")
    assert.error_matches(function() fa:pick { en = "a" } end, "lacks the language fa")
  end)

  it("writes spreads", function()
    assert.equal("0.50 ± 0.10", en:spread({ mean = 0.5, sd = 0.1, n = 3 }, 2))
    assert.equal("0.50", en:spread({ mean = 0.5, sd = 0, n = 1 }, 2))
    assert.equal("test 0.50 ± 0.10", en:say("test {m:2}", { m = { mean = 0.5, sd = 0.1, n = 3 } }))
  end)
end)
