--- "1 trial" and never "1 trials": what reports, sweeps, stopping rules and `mah results` say of a
--- number that may be one takes its word from mah.base.text's count and plural, or from a place
--- {n|row|rows}.
local mah = require "mah"
local text = require "mah.base.text"

local root = (arg[0]:match "^(.*/)" or "./") .. "../../"

--- No word for many things, though it ends in an s.
local others = { is = true, has = true, was = true, ["as"] = true }

--- What stands behind a number that is never one.
local always_many = {
  ["bindings/mah/report/findings.lua"] = { rows = "fewer than 10, and two at least" },
  ["bindings/mah/sweep/environment.lua"] = { tasks = "of an array where some are missing",
    parts = "a sweep in parts" },
  ["bindings/mah/sweep/jobs.lua"] = { threads = "more than one is asked for" },
  ["bindings/mah/sweep/objective.lua"] = { results = "of names several" },
  ["bindings/mah/sweep/search.lua"] = { parameters = "Sobol's numbers have that many" },
}

local function slips(path)
  local found, line_number = {}, 0
  for line in io.lines(root .. path) do
    line_number = line_number + 1
    local is_comment = line:find "^%s*%-%-"
    local fits = not is_comment and line:find '"'
    for _, pattern in ipairs { "%%d (%l+s)%f[^%w]", "{[%l_]+} (%l+s)%f[^%w]" } do
      for word in (fits and line or ""):gmatch(pattern) do
        local known = always_many[path] and always_many[path][word]
        if not others[word] and not known then
          found[#found + 1] = ("%s:%d: %s"):format(path, line_number, word)
        end
      end
    end
  end
  return found
end

local function files_of(folder)
  local list, handle = {}, io.popen("cd '" .. root .. "' && find " .. folder .. " -name '*.lua'")
  for path in handle:lines() do list[#list + 1] = path end
  handle:close()
  return list
end

describe("one of a kind", function()
  it("is counted in the singular", function()
    assert.equal("1 trial", text.count(1, "trial"))
    assert.equal("0 trials", text.count(0, "trial"))
    assert.equal("2 studies", text.count(2, "study", "studies"))
    assert.equal("has", text.plural(1, "has", "have"))
  end)

  it("is so in the sources of reports, sweeps and stopping rules", function()
    local found, count = {}, 0
    for _, folder in ipairs { "bindings/mah/report", "bindings/mah/sweep",
      "bindings/mah/learn/stop.lua", "bindings/mah/learn/estimator/stopping.lua" } do
      for _, path in ipairs(files_of(folder)) do
        count = count + 1
        for _, slip in ipairs(slips(path)) do found[#found + 1] = slip end
      end
    end
    assert.is_true(count > 80, count)
    assert.same({}, found)
  end)

  it("is so in a language's sentences", function()
    local en, fa = mah.report.Language.of "en", mah.report.Language.of "fa"
    local words = require "mah.report.study_words"
    assert.equal("1 trial: 0 finished, 1 failed, 0 stopped early, 0 others.",
      en:say(words.counts, { all = 1, done = 0, failed = 1, pruned = 0, other = 0 }))
    assert.equal("3 trials: 2 finished, 0 failed, 0 stopped early, 1 other.",
      en:say(words.counts, { all = 3, done = 2, failed = 0, pruned = 0, other = 1 }))
    assert.matches("^۱ آزمون: ", fa:say(words.counts,
      { all = 1, done = 0, failed = 1, pruned = 0, other = 0 }))
    local ok, problem = pcall(en.say, en, "{n|row|rows}", {})
    assert.is_false(ok)
    assert.matches("no value for {n}", problem)
    local findings = require("mah.report.findings").texts
    assert.matches("%f[%d]1 of 1 hidden unit %(1 / 1, layer by layer%) says the same",
      en:say(findings.dead_units, { dead = 1, all = 1, layers = "1 / 1", rows = 9 }))
    assert.matches(" 2 of 64 hidden units %(.-%) say the same",
      en:say(findings.dead_units, { dead = 2, all = 64, layers = "2 / 64", rows = 9 }))
  end)

  it("is so in a study's own text", function()
    local study = mah.sweep { name = "one", store = os.tmpname(), code = "1", grid = { a = { 1 } },
      trial = function() return { b = 1 } end }
    assert.matches("study \"one\": 1 trial in ", tostring(study))
    assert.matches("1 block$", tostring(mah.report { title = "t", out = os.tmpname() }:text "x"))
  end)
end)
