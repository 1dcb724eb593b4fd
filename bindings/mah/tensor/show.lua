--- What a tensor shows of itself: its dtype, its shape and its values, aligned, in braces that
--- mah.tensor reads. Of more than 1000 elements only the ends of each dimension are shown, and
--- lines fit the terminal ($COLUMNS, or what the terminal says, or 80).
---
---     print(mah.tensor { { 1, 2.5 }, { 3, 4 } })
---     --> float32 2x2
---     --> {{1.0, 2.5},
---     -->  {3.0, 4.0}}
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local terminal = require "mah.base.terminal"

local methods, operators = Type.methods, Type.operators

local MANY = 1000 -- elements; more are shortened
local ENDS = 3 -- positions shown at each end of a dimension
local DECIMALS = 4

-- -- Numbers --------------------------------------------------------------------------------------

local function ends(x)
  if type(x) == "string" then return x end -- a bool
  if type(x) ~= "number" then return nil end -- an int64_t
  if x ~= x then return "nan" end
  if x == math.huge then return "inf" end
  if x == -math.huge then return "-inf" end
end

--- "%.2f" or the like for all of `numbers`: as few decimals as show each to DECIMALS, or exponents
--- where that would hide small numbers or make long ones.
local function format_for(numbers, is_float)
  if not is_float then return "%d" end
  local smallest, largest, decimals = math.huge, 0, 0
  for _, x in ipairs(numbers) do
    local size = math.abs(x)
    if size > 0 and size < math.huge then
      smallest, largest = math.min(smallest, size), math.max(largest, size)
      local text = ("%.4f"):format(x):gsub("0+$", "")
      decimals = math.max(decimals, #text:match "%.(%d*)$")
    end
  end
  if largest >= 1e8 or (smallest < 1e-4) or (largest / smallest > 1e5 and decimals > 0) then
    return ("%%.%de"):format(DECIMALS)
  end
  return ("%%.%df"):format(math.max(decimals, 1))
end

local function text_of(x, format) return ends(x) or format:format(x) end

-- -- Layout ---------------------------------------------------------------------------------------

--- The positions of a dimension that are shown; false stands for those left out.
local function shown(n, shorten)
  local list, is_short = {}, shorten and n > 2 * ENDS
  for i = 1, is_short and ENDS or n do list[i] = i end
  if not is_short then return list end
  list[ENDS + 1] = false
  for i = n - ENDS + 1, n do list[#list + 1] = i end
  return list
end

local function element(x) return type(x) == "boolean" and tostring(x) or x end

--- The numbers that will be shown, as nested lists with false where some are left out.
local function pick(t, shorten, numbers)
  if t.ndim == 0 then
    local x = element(methods.item(t))
    numbers[#numbers + 1] = x
    return x
  end
  local list = {}
  for i, place in ipairs(shown(tonumber(t.extent[0]), shorten)) do
    if not place then
      list[i] = false
    elseif t.ndim == 1 then
      list[i] = element(t[place])
      numbers[#numbers + 1] = list[i]
    else
      list[i] = pick(t[place], shorten, numbers)
    end
  end
  return list
end

--- A row of numbers, broken where it would leave the terminal.
local function row_text(list, layout, indent)
  local lines, line = {}, ""
  for i, x in ipairs(list) do
    local text = x and text_of(x, layout.format) or "..."
    if x then text = (" "):rep(layout.width - #text) .. text end
    local piece = text .. (i < #list and "," or "")
    if line ~= "" and indent + #line + 1 + #piece + 1 > layout.columns then
      lines[#lines + 1] = line
      line = piece
    else
      line = line == "" and piece or line .. " " .. piece
    end
  end
  lines[#lines + 1] = line
  return "{" .. table.concat(lines, "\n" .. (" "):rep(indent)) .. "}"
end

local function block_text(list, depth, layout, indent)
  if depth == 1 then return row_text(list, layout, indent + 1) end
  local parts = {}
  for i, inner in ipairs(list) do
    parts[i] = inner and block_text(inner, depth - 1, layout, indent + 1) or "..."
  end
  local gap = ",\n" .. ("\n"):rep(depth - 2) .. (" "):rep(indent + 1)
  return "{" .. table.concat(parts, gap) .. "}"
end

--- The text that print shows.
---@return string
function operators.tostring(t)
  if t.store == nil then return "a freed tensor" end
  local numbers, head, n = {}, Type.describe(t), methods.numel(t)
  if n == 0 then return head .. "\n{}" end
  local list = pick(t, n > MANY, numbers)
  local format = format_for(numbers, C.mah_dtype_is_integer(t.elem) == 0)
  if t.ndim == 0 then return head .. "\n" .. text_of(list, format) end
  local width = 0
  for _, x in ipairs(numbers) do width = math.max(width, #text_of(x, format)) end
  local layout = { format = format, width = width, columns = terminal.columns() }
  return head .. "\n" .. block_text(list, t.ndim, layout, 0)
end

return operators
