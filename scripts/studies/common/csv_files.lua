--- The report's tables of numbers: results.csv and claims.csv are the same for the same run, times
--- are in timings.csv.
local mah = require "mah"

local csv_files = {}

--- A number in six digits: enough to compare runs.
local function short(value)
  if type(value) ~= "number" or value % 1 == 0 then return value end
  return ("%.6g"):format(value)
end

local measures = { "train", "validation", "test", "n_iter", "loss", "stopped_by" }
local named = { seconds = true }
for _, name in ipairs(measures) do named[name] = true end

--- The results that only this study has, as "name=value ...".
local function others(result)
  local words = {}
  for name, value in pairs(result or {}) do
    if not named[name] and type(value) == "number" then
      words[#words + 1] = name .. "=" .. short(value)
    end
  end
  table.sort(words)
  return table.concat(words, " ")
end

--- Every trial.
---@param studies {id: string, rows: table[]}[]
---@return string
function csv_files.results(studies)
  local columns, rows = { "study", "setting", "seed", "images", "max_iter", "tol" }, {}
  for _, name in ipairs(measures) do columns[#columns + 1] = name end
  for _, name in ipairs { "others", "status", "error" } do columns[#columns + 1] = name end
  for _, study in ipairs(studies) do
    for _, row in ipairs(study.rows) do
      local p = row.params
      local line = {
        study = study.id, setting = row.name, seed = p.seed, images = p.n, max_iter = p.max_iter,
        tol = short(p.tol), others = others(row.result), status = row.result and "ok" or "failed",
        error = row.error and row.error:match "[^\n]*",
      }
      for _, name in ipairs(measures) do line[name] = row.result and short(row.result[name]) end
      rows[#rows + 1] = line
    end
  end
  return mah.sweep.table(columns, rows):csv()
end

--- Seconds that each fit took.
function csv_files.timings(studies)
  local rows = {}
  for _, study in ipairs(studies) do
    for _, row in ipairs(study.rows) do
      rows[#rows + 1] = { study = study.id, setting = row.name, seed = row.params.seed,
        seconds = row.result and short(row.result.seconds) }
    end
  end
  return mah.sweep.table({ "study", "setting", "seed", "seconds" }, rows):csv()
end

--- Every claim, in English. The numbers of claims about times are in timings.csv.
---@param studies {id: string, number: integer, claims: table[]}[]
---@param language table
---@return string
function csv_files.claims(studies, language)
  local rows = {}
  for _, study in ipairs(studies) do
    for _, c in ipairs(study.claims) do
      local function say(text) return language:say(text, c.values) end
      local measured, why = say(c.measured), say(c.why)
      if c.timed then measured, why = "times: see timings.csv", "" end
      rows[#rows + 1] = {
        section = study.number, study = study.id, claim = c.id, text = say(c.text),
        measured = measured, verdict = c.verdict, rule = say(c.rule), why = why,
      }
    end
  end
  local columns = { "section", "study", "claim", "text", "measured", "verdict", "rule", "why" }
  return mah.sweep.table(columns, rows):csv()
end

return csv_files
