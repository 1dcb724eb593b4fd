--- The table that studies have in common: train, test, validation, iterations and time by setting.
---
---     results_table.add(page, s, report, {en = "dropout rate", fa = "نرخ dropout"})
local labels = require "common.labels"

local results_table = {}

--- A mean, and the standard deviation beside it in small letters.
---@param m {mean: number, sd: number, n: integer}
---@param decimals integer
---@return table cell
function results_table.spread(language, m, decimals)
  local format = tostring(decimals)
  return {
    language:number(m.mean, format),
    small = m.n > 1 and "± " .. language:number(m.sd, format) or nil,
  }
end

--- One row for each setting.
---@param page table
---@param s table        a Summary
---@param report table
---@param what any       the head of the first column
---@param more table[]|nil    further columns: {head = {en, fa}, cell = function(setting) -> cell}
function results_table.add(page, s, report, what, more)
  local language, rows = report.language, {}
  local head = { what, labels.train, labels.validation, labels.test, labels.n_iter, labels.seconds }
  for _, column in ipairs(more or {}) do head[#head + 1] = column.head end
  for i, setting in ipairs(s) do
    local function spread(measure, decimals)
      return results_table.spread(language, setting[measure], decimals)
    end
    rows[i] = {
      { language:value(setting.label or setting.x) }, spread("train", 4), spread("validation", 4),
      spread("test", 4), spread("n_iter", 1), spread("seconds", 2),
    }
    for _, column in ipairs(more or {}) do table.insert(rows[i], column.cell(setting)) end
  end
  page:table { head = head, rows = rows }
end

return results_table
