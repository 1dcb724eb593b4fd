--- Calls random vararg functions that read `...` behind loops and calls, and prints what they gave.
---
---     mah tests/cli/varargs.lua SEED [COUNT]
---
--- The text must be the same with and without compiled code, whichever LuaJIT is below.
math.randomseed(tonumber(arg[1]))
local random = math.random

local function pick(list) return list[random(#list)] end

--- Statements that let a trace begin in the middle of the function.
local starts = {
  "for _ = 1, select('#', ...) do n = n + 1 end",
  "for _, v in ipairs(list) do n = n + v end",
  "for _, v in pairs(list) do n = n + v end",
  "while n % 7 >= 1 do n = n + 1 end",
  "repeat n = n + 1 until n % 5 < 1",
  "n = n + count(n % 9)",
  "n = n + #string.gsub('abc', 'b', tostring(n))",
  "n = n + #tostring(pcall(count, 3))",
  "n = n + object.field",
  "n = n + (object + n)",
  "do local i = 0 ::again:: i = i + 1 n = n + 1 if i < 4 then goto again end end",
  "n = n + (coroutine.wrap(function(...) local q = ... return q end)(2, 3))",
}

--- Statements that read arguments.
local reads = {
  "local a, b = ... n = n + (a or 1) * 3 + (b or 2)",
  "n = n + ((...) or 4)",
  "local a, b, c, d = ... n = n + (a or 1) + (b or 2) * 5 + (c or 3) * 7 + (d or 4) * 11",
  "if ... then n = n + 1 end",
  "list[1] = ... list[1] = list[1] or 9",
  "for _ = 1, 3 do local a, b = ... n = n + (a or 1) - (b or 5) end",
  "local t = {...} n = n + (t[1] or 0) + #t",
  "n = n + (select(2, ...) or 7)",
  "n = n + fixed(...)",
  "n = n + nested(...)",
}

local function generate(name)
  local parameters, lines = pick { "...", "p, ...", "p, q, ..." }, {}
  for _ = 1, random(4) do lines[#lines + 1] = "  do " .. pick(starts) .. " end" end
  for _ = 1, random(3) do
    lines[#lines + 1] = "  do " .. pick(reads) .. " end"
    if random() < 0.4 then lines[#lines + 1] = "  do " .. pick(starts) .. " end" end
  end
  return ("local function %s(%s)\n  local n, list = 0, {1, 2, 3}\n%s\n  return n\nend\n"):format(
    name, parameters, table.concat(lines, "\n"))
end

local PRELUDE = [[
local function count(k) local s = 0 for i = 1, k do s = s + i end return s end
local object = setmetatable({}, {
  __index = function() return count(4) end,
  __add = function(_, other) return count(other % 5) end,
})
local function fixed(a, b) return (a or 1) + (b or 6) end
local function nested(...) local s = count(2) local a, b = ... return s + (a or 8) * (b or 9) end
]]

local CALLS = [[
local sum = 0
for i = 1, 400 do
  local k = i % 4
  if k == 0 then sum = sum + f(i, -i)
  elseif k == 1 then sum = sum + f(i, -i, 3, 4, 5)
  elseif k == 2 then sum = sum + f(i)
  else sum = sum + f(i, 2, 7, 1.5) end
  sum = sum % 1000003
end
return sum
]]

--- The ways by which a program's text becomes a function.
local loads = {
  loadstring,
  function(text) return loadstring(string.dump(loadstring(text))) end,
  function(text) return loadstring(string.dump(loadstring(text), true)) end,
  function(text)
    local pieces = text:gmatch ".[^\n]*\n?"
    return load(pieces)
  end,
  function(text)
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write(text)
    file:close()
    local f = loadfile(path)
    os.remove(path)
    return f
  end,
}

for i = 1, tonumber(arg[2] or 200) do
  local text = PRELUDE .. generate "f" .. CALLS
  local f = assert(pick(loads)(text))
  print(i, f(), (coroutine.wrap(f)()))
end
