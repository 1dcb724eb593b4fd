--- A confusion matrix as a grid of text: rows true, columns predicted, darker where there is more.
---
---     print(table.concat(grid.lines({{8, 1}, {0, 9}}, {depth = "256"}), "\n"))
local blocks = require "mah.draw.terminal.blocks"

local grid = {}

local LIGHT, DARK = { 239, 243, 255 }, { 8, 69, 148 } -- of the diagonal's blue
local PALE, RED = { 255, 245, 240 }, { 165, 15, 21 } -- of mistakes

local function mix(from, to, share)
  local function between(i) return math.floor(from[i] + (to[i] - from[i]) * share) end
  return between(1), between(2), between(3)
end

--- A cell's colours: its share of the row; mistakes show from a few per cent on.
local function paint(text, share, right, depth)
  if depth ~= "256" and depth ~= "true" then return text end
  local strength = right and share or math.min(1, share * 4)
  local r, g, b
  if right then r, g, b = mix(LIGHT, DARK, strength) else r, g, b = mix(PALE, RED, strength) end
  local ink = strength > 0.5 and "97" or "30"
  return ("\27[%s;%sm%s\27[0m"):format(blocks.color(48, depth, r, g, b), ink, text)
end

local function widest(matrix, names)
  local width = 1
  for i, row in ipairs(matrix) do
    width = math.max(width, #names[i])
    for _, count in ipairs(row) do width = math.max(width, #("%d"):format(count)) end
  end
  return width
end

local function row_sum(row)
  local sum = 0
  for _, count in ipairs(row) do sum = sum + count end
  return sum
end

--- The grid as lines, with the share of right ones behind each row.
---@param matrix number[][]    counts
---@param o {depth: string, labels: string[]?}
---@return string[]
function grid.lines(matrix, o)
  local names = {}
  for i = 1, #matrix do names[i] = tostring(o.labels and o.labels[i] or i - 1) end
  local width = widest(matrix, names)
  local head = {}
  for i, name in ipairs(names) do head[i] = (" "):rep(width + 1 - #name) .. name .. " " end
  local lines = { "true \\ predicted", (" "):rep(width + 1) .. table.concat(head) }
  local right, all = 0, 0
  for i, row in ipairs(matrix) do
    local sum, cells = row_sum(row), {}
    for j, count in ipairs(row) do
      local text = count == 0 and "." or ("%d"):format(count)
      cells[j] = paint((" "):rep(width + 1 - #text) .. text .. " ", sum > 0 and count / sum or 0,
        i == j, o.depth)
    end
    right, all = right + row[i], all + sum
    lines[#lines + 1] = (" "):rep(width - #names[i]) .. names[i] .. " " .. table.concat(cells)
      .. (sum > 0 and ("  %5.1f %%"):format(100 * row[i] / sum) or "")
  end
  local percent = all > 0 and 100 * right / all or 0
  lines[#lines + 1] = ("%d of %d right, %.2f %%"):format(right, all, percent)
  return lines
end

return grid
