--- Tables 1 and 2: what the source says of solvers and activations in words, beside our numbers and
--- the words that follow from them; and the claims that go with the tables.
---
---     ratings.table(page, s, report, {number = 1, title =, what =, claimed =})
---     ratings.claim("sgd", "SGD", {"high", "high", "low"})
local claim = require "common.claim"
local labels = require "common.labels"
local results_table = require "common.results_table"
local levels = require "common.levels"

local ratings = {}

local measures = { "train", "test", "n_iter" }
local decimals = { train = 4, test = 4, n_iter = 1 }

local theirs = { en = "claimed", fa = "ادعا" }
local captions = {
  en = "{title}: the word that follows from the numbers, mean ± standard deviation, and the word "
    .. "of the source.",
  fa = "{title}: واژهٔ حاصل از عددها، میانگین ± انحراف معیار، و واژهٔ منبع.",
}

--- Numbers beside words, ours and the source's, and how ours were cut.
---@param given {number: integer, title: table, what: table, claimed: table<string, string[]>}
function ratings.table(page, s, report, given)
  local language, cut, rows = report.language, levels.cut(s), {}
  local head = { given.what }
  for _, measure in ipairs(measures) do
    head[#head + 1] = labels[measure]
    head[#head + 1] = theirs
  end
  for i, setting in ipairs(s) do
    rows[i] = { { language:value(setting.label or setting.x) } }
    for k, measure in ipairs(measures) do
      local cell = results_table.spread(language, setting[measure], decimals[measure])
      cell[1] = ("%s · %s"):format(language:pick(levels.names[cut[setting.x][measure]]), cell[1])
      table.insert(rows[i], cell)
      table.insert(rows[i], { language:pick(levels.names[given.claimed[setting.x][k]]) })
    end
  end
  page:table { number = given.number, head = head, rows = rows, caption = captions,
    values = { title = given.title } }
  page:text(levels.rule, levels.values, "note")
end

local texts = {
  en = "%s: train accuracy %s, test accuracy %s, iterations %s.",
  fa = "%s: دقت آموزش %s، دقت آزمون %s و تعداد تکرار %s.",
  measured = {
    en = "Train {m1} ({train:4}), test {m2} ({test:4}), iterations {m3} ({n_iter:1}).",
    fa = "آموزش {m1} ({train:4})، آزمون {m2} ({test:4})، تکرار {m3} ({n_iter:1}).",
  },
  rule = {
    en = "reproduced if all three words agree with those cut from the numbers, not reproduced if "
      .. "none does, else depends",
    fa = "بازتولید: هر سه واژه با واژه‌های حاصل از عددها یکی باشند؛ بازتولید نشده: هیچ‌کدام؛ وگرنه "
      .. "بستگی دارد",
  },
  why = { en = "{agree} of 3 words agree.", fa = "{agree} واژه از ۳ واژه یکی است." },
}

--- The claim of one row.
---@param x string             the setting
---@param name string|table
---@param claimed string[]     words of train, test and iterations
function ratings.claim(x, name, claimed)
  local function text(language)
    local w1, w2, w3 = unpack(claimed)
    return texts[language]:format(type(name) == "table" and name[language] or name,
      levels.names[w1][language], levels.names[w2][language], levels.names[w3][language])
  end
  return {
    id = x, text = { en = text "en", fa = text "fa" }, rule = texts.rule, measured = texts.measured,
    why = texts.why,
    decide = function(s)
      local setting, values = s:at(x), { agree = 0 }
      if not setting then return nil end
      local cut = levels.cut(s)[x]
      for i, measure in ipairs(measures) do
        values["m" .. i] = levels.names[cut[measure]]
        values[measure] = setting[measure]
        values.agree = values.agree + (cut[measure] == claimed[i] and 1 or 0)
      end
      local verdict = values.agree == 3 and claim.yes or values.agree == 0 and claim.no
        or claim.depends
      return verdict, values
    end,
  }
end

return ratings
