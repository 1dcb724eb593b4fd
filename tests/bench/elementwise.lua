--- Mah and NumPy side by side on float32 vectors, in turns on one core: medians and their ratio
--- (below 1: Mah is faster). Then a Lua loop over elements beside the same loop in C.
---
---     mah tests/bench/elementwise.lua [count = 10000000] [rounds = 5]
---
--- $PYTHON (else python3) must have NumPy.
local mah = require "mah"
local ffi = require "ffi"

ffi.cdef [[
typedef struct { long sec, nsec; } bench_time;
int clock_gettime(int clock, bench_time *now);
]]
local now_buffer = ffi.new "bench_time"
local function now()
  ffi.C.clock_gettime(1, now_buffer)
  return tonumber(now_buffer.sec) + tonumber(now_buffer.nsec) * 1e-9
end

local count = tonumber(arg[1]) or 1e7
local rounds = tonumber(arg[2]) or 5
local runs = 5
local python = os.getenv "PYTHON" or "python3"
local script = arg[0]:gsub("%.lua$", ".py")

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local function time(f)
  f()
  local seconds = {}
  for i = 1, runs do
    local begin = now()
    f()
    seconds[i] = now() - begin
  end
  return median(seconds)
end

local x = (mah.arange(count, { dtype = "float64" }) * 0.618034):remainder(4):sub(2):float()
local y = mah.arange(count, 1, -1, { dtype = "float64" }):mul_(0.618034):remainder(4):sub(2):float()
local positive = x:abs():add_(0.1)
local out = mah.zeros_like(x)
local order = {
  "add", "add into place", "mul number", "exp", "tanh", "log", "sqrt", "greater", "sum",
  "mean", "var", "max", "argmax", "sum of rows", "sum of columns",
}
local cases = {
  ["add"] = function() return x + y end,
  ["add into place"] = function() return out:add_(y) end,
  ["mul number"] = function() return x * 2.5 end,
  ["exp"] = function() return x:exp() end,
  ["tanh"] = function() return x:tanh() end,
  ["log"] = function() return positive:log() end,
  ["sqrt"] = function() return positive:sqrt() end,
  ["greater"] = function() return x:gt(y) end,
  ["sum"] = function() return x:sum() end,
  ["mean"] = function() return x:mean() end,
  ["var"] = function() return x:var(false) end,
  ["max"] = function() return x:max() end,
  ["argmax"] = function() return x:argmax() end,
  ["sum of rows"] = function() return x:reshape(-1, 1000):sum(2) end,
  ["sum of columns"] = function() return x:reshape(-1, 1000):sum(1) end,
}

-- -- In turns -------------------------------------------------------------------------------------

local ours, theirs = {}, {}
local function note(list, name, seconds)
  list[name] = list[name] or {}
  table.insert(list[name], seconds)
end

for _ = 1, rounds do
  for _, name in ipairs(order) do note(ours, name, time(cases[name])) end
  collectgarbage()
  local pipe = assert(io.popen(("%s %s %d %d"):format(python, script, count, runs)))
  for line in pipe:lines() do
    local name, seconds = line:match "^(%S+) (%S+)$"
    note(theirs, name:gsub("_", " "), tonumber(seconds))
  end
  assert(pipe:close(), "NumPy's side failed")
end

print(("%-16s %9s %9s %6s   float32, n = %d, ms"):format("", "mah", "numpy", "ratio", count))
for _, name in ipairs(order) do
  local a, b = median(ours[name]), median(theirs[name])
  print(("%-16s %9.2f %9.2f %6.2f"):format(name, a * 1e3, b * 1e3, a / b))
end

-- -- A Lua loop over the elements -----------------------------------------------------------------

--- A library with the same loop in C, as `cc -O2` makes it; nil where there is no compiler.
local function c_loop()
  local base = os.tmpname()
  local source, object = base .. ".c", base .. ".so"
  local file = assert(io.open(source, "w"))
  file:write "void twice(float *x, long n) { for (long i = 0; i < n; i++) x[i] = x[i] * 2; }"
  file:close()
  local command = "%s -O2 -shared -fPIC -o %s %s 2>/dev/null"
  local compiled = os.execute(command:format(os.getenv "CC" or "cc", object, source)) == 0
  ffi.cdef "void twice(float *x, long n);"
  local library = compiled and ffi.load(object) or nil
  for _, name in ipairs { base, source, object } do os.remove(name) end
  return library
end

local function lua_twice(t)
  for i = 1, #t do t[i] = t[i] * 2 end
end

local library = c_loop()
print(("\nx[i] = x[i] * 2 in Lua   %9.2f"):format(time(function() lua_twice(x) end) * 1e3))
if library then
  local p = ffi.cast("float *", x.data)
  local seconds = time(function() library.twice(p, count) end)
  print(("the same loop, cc -O2    %9.2f"):format(seconds * 1e3))
end
print(("x:mul_(2)                %9.2f"):format(time(function() x:mul_(2) end) * 1e3))
