--- How the prompt shows values: tables as nested, sorted, shortened Lua; tensors with statistics;
--- networks as layers; estimators with score, iterations and stop reason; functions with signature
--- and place.
---
---     local print_ = require "mah.prompt.print"
---     print(print_.text { 1, 2, x = { y = "z" } })     --> {1, 2, x = {y = "z"}}
local Type = require "mah.tensor.type"
local terminal = require "mah.base.terminal"

local type, tostring, ipairs, pcall = type, tostring, ipairs, pcall
local getmetatable = debug.getmetatable

local MOST_ITEMS, MOST_DEPTH, MOST_BYTES = 24, 4, 2000

local print_ = {}
local render

-- -- Strings and functions ------------------------------------------------------------------------

local named = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"' }

local function quote(s)
  local more = #s > MOST_BYTES and (" ... (%d bytes)"):format(#s) or ""
  if more ~= "" then s = s:sub(1, MOST_BYTES):gsub("[\192-\255][\128-\191]*$", "") end
  s = s:gsub('[%z\1-\31\127\\"]', function(c) return named[c] or ("\\%03d"):format(c:byte()) end)
  return '"' .. s .. '"' .. more
end

local function render_function(f, nested)
  local public = require "mah.docs.public"
  local place = public.place(f)
  if not place then return "function: built in" end
  if nested then return "function" .. public.signature(f) end
  local entry = public.find(f)
  local name = entry and " " .. entry.name or ""
  local head = ("function%s%s   %s"):format(name, public.signature(f), place)
  return entry and entry.summary and head .. "\n  " .. entry.summary or head
end

-- -- Tables ---------------------------------------------------------------------------------------

local order = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local ta, tb = order[type(a)] or 9, order[type(b)] or 9
  if ta ~= tb then return ta < tb end
  if ta <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

local function key_text(key, state)
  if type(key) == "string" and key:match "^[%a_][%w_]*$" then return key end
  return "[" .. render(key, state, MOST_DEPTH) .. "]"
end

--- Keys beyond 1 ... n, sorted.
local function other_keys(t, n)
  local keys = {}
  for key in next, t do
    local listed = type(key) == "number" and key >= 1 and key <= n and key % 1 == 0
    if not listed then keys[#keys + 1] = key end
  end
  table.sort(keys, before)
  return keys
end

--- The texts of a table's items: the list first, then the rest by name.
local function items(t, state, depth)
  local parts, n = {}, 0
  while rawget(t, n + 1) ~= nil do n = n + 1 end
  local most = depth > 0 and MOST_ITEMS / 2 or MOST_ITEMS
  for i = 1, math.min(n, most) do parts[i] = render(rawget(t, i), state, depth + 1) end
  if n > most then parts[#parts + 1] = ("... %d more"):format(n - most) end
  local keys = other_keys(t, n)
  for i, key in ipairs(keys) do
    if i > MOST_ITEMS then
      parts[#parts + 1] = ("... %d more"):format(#keys - MOST_ITEMS)
      break
    end
    parts[#parts + 1] = key_text(key, state) .. " = " .. render(rawget(t, key), state, depth + 1)
  end
  return parts
end

--- On one line where it fits, else an item a line; short ones share lines in a list of numbers.
local function layout(parts, indent, columns)
  local size = 2 + 2 * #parts
  for _, part in ipairs(parts) do
    size = part:find "\n" and math.huge or size + terminal.width(part)
  end
  if size + indent <= columns then return "{" .. table.concat(parts, ", ") .. "}" end
  local lines, line = {}, ""
  for i, part in ipairs(parts) do
    part = part:gsub("\n", "\n  ") .. (i < #parts and "," or "")
    local short = #part < 16 and not part:find " = "
    if short and line ~= "" and indent + 3 + #line + #part < columns then
      line = line .. " " .. part
    else
      if line ~= "" then lines[#lines + 1] = line end
      line = part
    end
    if not short then
      lines[#lines + 1] = line
      line = ""
    end
  end
  if line ~= "" then lines[#lines + 1] = line end
  return "{\n  " .. table.concat(lines, "\n  ") .. "\n}"
end

local function render_table(t, state, depth)
  local meta = getmetatable(t)
  if type(meta) == "table" and type(rawget(meta, "__tostring")) == "function" then
    local ok, text = pcall(tostring, t)
    if ok then return depth > 0 and text:gsub("\n.*", " ...") or text end
  end
  if type(meta) == "table" and rawget(meta, "calls") then return render_function(t, depth > 0) end
  if next(t) == nil then return "{}" end
  if state.open[t] then return "{... itself}" end
  if depth >= MOST_DEPTH then return "{...}" end
  state.open[t] = true
  local text = layout(items(t, state, depth), 2 * depth, state.columns)
  state.open[t] = nil
  return text
end

-- -- Any value ------------------------------------------------------------------------------------

local function render_cdata(value, depth)
  if not Type.is_tensor(value) then return (tostring(value):gsub("\n.*", "")) end
  if value.store == nil then return "a freed tensor" end
  if depth > 0 then return "tensor " .. Type.describe(value) end
  return require("mah.prompt.objects").tensor(value)
end

--- depth 0: a value on its own; deeper: part of a table.
function render(value, state, depth)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "table" then
    local text = require("mah.prompt.objects").known(value, depth)
    return text or render_table(value, state, depth)
  end
  if kind == "function" then return render_function(value, depth > 0) end
  if kind == "cdata" then return render_cdata(value, depth) end
  return tostring(value)
end

--- The text that the prompt shows for a value.
---@param value any
---@return string
function print_.text(value)
  return render(value, { open = {}, columns = terminal.columns() }, 0)
end

return print_
