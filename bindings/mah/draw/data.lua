--- The numbers that a figure shows, as rows by columns: what a report writes beside it as CSV.
---
---     local found = data.of(mah.plot.bars{labels = {"a", "b"}, y = {1, 2}})
---     --> {columns = {"label", "value"}, {label = "a", value = 1}, {label = "b", value = 2}}
---
--- An artist (mah.draw.chart) has a function `data` that gives such a table; so has a figure.
local data = {}

--- Several tables as one, with all of their columns.
---@param list table[]
---@return table|nil
function data.joined(list)
  local all, seen = { columns = {} }, {}
  for _, one in ipairs(list) do
    for _, name in ipairs(one.columns) do
      if not seen[name] then
        seen[name], all.columns[#all.columns + 1] = true, name
      end
    end
    for _, row in ipairs(one) do all[#all + 1] = row end
  end
  return #all > 0 and all or nil
end

--- What all artists of a chart show.
---@param artists table[]
---@return table|nil
function data.of_artists(artists)
  local list = {}
  for _, artist in ipairs(artists) do list[#list + 1] = artist.data and artist.data() end
  return data.joined(list)
end

--- What several figures show, with a first column that tells which.
---@param figures table[]
---@return table|nil
function data.of_parts(figures)
  local list = {}
  for i, figure in ipairs(figures) do
    local one = data.of(figure)
    if one then
      local marked = { columns = { "part", unpack(one.columns) } }
      for k, row in ipairs(one) do
        marked[k] = { part = i }
        for name, value in pairs(row) do marked[k][name] = value end
      end
      list[#list + 1] = marked
    end
  end
  return data.joined(list)
end

--- What a figure shows; nil of pictures, which show no numbers.
---@param figure table
---@return table|nil
function data.of(figure) return figure.data and figure.data() or nil end

local usual = { "x", "y", "value" }

--- A matrix over named places, or numbers.
---@param z table       rows of numbers
---@param x any[]
---@param y any[]
---@param columns string[]|nil   their names: x, y and value
function data.of_grid(z, x, y, columns)
  local all = { columns = columns or usual }
  local of_x, of_y, of_z = unpack(all.columns)
  for i, row in ipairs(z) do
    for j, value in ipairs(row) do
      all[#all + 1] = { [of_x] = x[j], [of_y] = y[i], [of_z] = value }
    end
  end
  return all
end

return data
