--- Rare categories, which OneHotEncoder gathers in one column.
---
---     infrequent.find({ 7, 1, 2 }, 10, { min_frequency = 0.3 })     --> { [2] = true, [3] = true }
local infrequent = {
  NAME = "infrequent_sklearn", -- of the column, as scikit-learn's users know it
}

--- The categories' places from the rarest on; of equally rare ones the first comes first.
local function by_count(counts)
  local order = {}
  for code = 1, #counts do order[code] = code end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] < counts[b] end
    return a < b
  end)
  return order
end

--- Which categories of a column are rare.
---@param counts integer[]   how many rows each has
---@param n integer          rows in all
---@param o {min_frequency: number?, max_categories: integer?}   rows, or below 1 a share of them;
---  columns at most, that of the rare ones included
---@return table<integer, boolean>   by their places
function infrequent.find(counts, n, o)
  local least, rare, columns = o.min_frequency or 0, {}, #counts + 1
  if least < 1 then least = least * n end
  for code, count in ipairs(counts) do
    if count < least then rare[code], columns = true, columns - 1 end
  end
  if o.max_categories and o.max_categories < columns then
    local order = by_count(counts)
    for i = 1, #counts - o.max_categories + 1 do rare[order[i]] = true end
  end
  return rare
end

return infrequent
