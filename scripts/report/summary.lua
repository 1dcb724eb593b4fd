--- Rows of trials, summed up by setting: mean and spread over the seeds.
---
---     for _, s in ipairs(summary(rows)) do print(s.name, s.test.mean, s.test.sd) end
local measures = { "train", "test", "n_iter", "seconds" }

local function mean_and_sd(values)
  local sum, squares, n = 0, 0, #values
  for _, v in ipairs(values) do sum = sum + v end
  for _, v in ipairs(values) do squares = squares + (v - sum / n) ^ 2 end
  return { mean = sum / n, sd = n > 1 and math.sqrt(squares / (n - 1)) or 0, n = n }
end

---@param rows table[]   {params = {name =, ...}, seed =, result =}
---@return table[]       one for each setting, in order:
---  {name =, params =, rows =, train = {mean, sd, n} ...}
return function(rows)
  local list, by_name = {}, {}
  for _, row in ipairs(rows) do
    local name = row.params.name
    if not by_name[name] then
      by_name[name] = { name = name, params = row.params, rows = {} }
      list[#list + 1] = by_name[name]
    end
    table.insert(by_name[name].rows, row)
  end
  for _, setting in ipairs(list) do
    for _, measure in ipairs(measures) do
      local values = {}
      for i, row in ipairs(setting.rows) do values[i] = row.result[measure] end
      setting[measure] = mean_and_sd(values)
    end
  end
  return list
end
