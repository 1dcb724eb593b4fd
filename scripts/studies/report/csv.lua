--- The tables of numbers: results.csv and claims.csv are the same for the same run, times are in
--- timings.csv.
local csv = {}

--- A field in quotes where it needs them (RFC 4180).
local function field(value)
  if type(value) == "number" then
    return value % 1 == 0 and ("%d"):format(value) or ("%.6g"):format(value)
  end
  local text = tostring(value)
  return text:find '[,"\r\n]' and '"' .. text:gsub('"', '""') .. '"' or text
end

--- The text of a table.
---@param head string[]
---@param rows any[][]
---@return string
function csv.encode(head, rows)
  local lines = { table.concat(head, ",") }
  for i, row in ipairs(rows) do
    local cells = {}
    for k = 1, #head do cells[k] = field(row[k]) end
    lines[i + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

local measures = { "train", "validation", "test", "n_iter", "loss", "stopped_by" }
local named = { seconds = true }
for _, name in ipairs(measures) do named[name] = true end

--- The results that only this study has, as "name=value ...".
local function others(result)
  local words = {}
  for name, value in pairs(result or {}) do
    if not named[name] and type(value) == "number" then
      words[#words + 1] = name .. "=" .. field(value)
    end
  end
  table.sort(words)
  return table.concat(words, " ")
end

--- Every trial.
---@param studies {id: string, rows: table[]}[]
---@return string
function csv.results(studies)
  local head, rows = { "study", "setting", "seed", "images", "max_iter", "tol" }, {}
  for _, name in ipairs(measures) do head[#head + 1] = name end
  head[#head + 1], head[#head + 2], head[#head + 3] = "others", "status", "error"
  for _, study in ipairs(studies) do
    for _, row in ipairs(study.rows) do
      local p, line = row.params, { study.id, row.name, row.params.seed }
      line[4], line[5], line[6] = p.n, p.max_iter, p.tol
      for i, name in ipairs(measures) do line[6 + i] = row.result and row.result[name] or "" end
      line[13], line[14], line[15] = others(row.result), row.result and "ok" or "failed",
        row.error and row.error:match "[^\n]*" or ""
      rows[#rows + 1] = line
    end
  end
  return csv.encode(head, rows)
end

--- Seconds that each fit took.
function csv.timings(studies)
  local rows = {}
  for _, study in ipairs(studies) do
    for _, row in ipairs(study.rows) do
      rows[#rows + 1] = { study.id, row.name, row.params.seed,
        row.result and row.result.seconds or "" }
    end
  end
  return csv.encode({ "study", "setting", "seed", "seconds" }, rows)
end

--- Every claim, in English. The numbers of claims about times are in timings.csv.
---@param studies {id: string, number: integer, claims: table[]}[]
---@param language table
---@return string
function csv.claims(studies, language)
  local rows = {}
  for _, study in ipairs(studies) do
    for _, c in ipairs(study.claims) do
      local function say(text) return language:say(text, c.values) end
      local measured, why = say(c.measured), say(c.why)
      if c.timed then measured, why = "times: see timings.csv", "" end
      rows[#rows + 1] = { study.number, study.id, c.id, say(c.text), measured, c.verdict,
        say(c.rule), why }
    end
  end
  return csv.encode({ "section", "study", "claim", "text", "measured", "verdict", "rule", "why" },
    rows)
end

return csv
