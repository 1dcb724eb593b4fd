--- A page for a store: one file that needs no server and no network, with the trials of its studies
--- as a table that sorts and filters, and as charts; and the same in full as CSV beside it.
---
---     pages.write("out/page.html", "out/runs.db")            -- all studies
---     pages.write("out/page.html", "out/runs.db", {study = "batch size"})
---
--- The page has numbers with six digits, and thinned curves (mah.report.store.curves).
local Store = require "mah.sweep.store"
local Table = require "mah.sweep.table"
local address = require "mah.sweep.address"
local check = require "mah.base.check"
local data = require "mah.report.store.data"
local document = require "mah.report.store.document"
local file = require "mah.base.file"

local pages = {}

--- page.html -> page.trials.csv
local function beside(path, what)
  return (path:gsub("%.html?$", "")) .. "." .. what .. ".csv"
end

local last_columns = { "status", "seconds", "reason", "error", "study" }

--- The trials of all studies, with all columns that one of them has.
local function trials_table(studies)
  local columns, seen, rows = { "study" }, {}, {}
  for _, study in ipairs(studies) do
    local own = Table.of_trials(study.rows, last_columns)
    for _, name in ipairs(own.columns) do
      if not seen[name] then seen[name], columns[#columns + 1] = true, name end
    end
    for _, row in ipairs(own) do
      row.study = study.row.name
      rows[#rows + 1] = row
    end
  end
  return Table.new(columns, rows)
end

local function curves_table(studies)
  local rows = {}
  for _, study in ipairs(studies) do
    for _, trial in ipairs(study.rows) do
      local curve = trial.curve or { epochs = {} }
      for i, epoch in ipairs(curve.epochs) do
        rows[#rows + 1] = { study = study.row.name, trial = trial.number, epoch = epoch,
          value = curve.values[i] }
      end
    end
  end
  return Table.new({ "study", "trial", "epoch", "value" }, rows)
end

--- The studies with their trials, their curves, and the spaces of their parameters.
local function read(path, o)
  return Store.with(path, "read", function(store)
    local list = {}
    for i, row in ipairs(o.study and { store:need(o.study) } or store:studies()) do
      list[i] = { row = row, rows = store:trials_with_curves(row, o.all) }
    end
    return list
  end)
end

--- The page must not take the place of a store.
local function check_path(path)
  file.path(path, "the page")
  local handle = io.open(path, "rb")
  local start = handle and handle:read(15)
  if handle then handle:close() end
  check.that(start ~= "SQLite format 3", "'%s' is a store; the page needs another name", path)
end

--- Writes the page and the CSV files; each is replaced at once, never half-written.
---@param path string    of the page
---@param store string   a file, or an address
---@param o {study: string|nil, all: boolean|nil, importances: table|nil, every: number|nil}
---  study: only this one; all: also trials of earlier code; importances: those of an earlier page,
---  kept while few trials have come; every: the page loads itself anew after so many seconds
---@return {studies: integer, trials: integer, trials_csv: string, curves_csv: string|nil}
function pages.write(path, store, o)
  check_path(path)
  local studies, trials = read(store, o), 0
  for _, study in ipairs(studies) do trials = trials + #study.rows end
  local done = { studies = #studies, trials = trials, trials_csv = beside(path, "trials") }
  local curves = curves_table(studies)
  file.write(done.trials_csv, trials_table(studies):csv())
  if #curves > 0 then
    done.curves_csv = beside(path, "curves")
    file.write(done.curves_csv, curves:csv())
  end
  file.write(path, document {
    store = address.shown(store), data = data.of(studies, o.importances), every = o.every,
    files = { done.trials_csv, done.curves_csv },
  })
  return done
end

return pages
