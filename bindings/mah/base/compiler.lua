--- A guard against two faults of LuaJIT's compiler, in LuaJIT 2.1 before July 2022 (Debian 12 has
--- such a one):
---
--- `local a, b = ...` gives the arguments that stand one place further behind, where a trace begins
--- inside of the function: after a loop, or after a call of what cannot be compiled. (LuaJIT's
--- commit 6bda30d8 mends it: "Fix IR_VARG offset for fixed number of results".)
---
--- `for k, v in pairs(t)` ends early when it is given up as not compilable in the midst of its way.
--- (LuaJIT's issue 827, mended in April 2022. Only a loop over LuaJIT's own `next`, which has an
--- instruction of its own, does so.)
---
---     require("mah.base.compiler").guard()     -- the program mah, before it runs anything
---     require("mah.base.compiler").warn()      -- where the LuaJIT is the user's
---
--- Both of Debian's libraries, luajit and luajit2, call themselves 2.1.0-beta3, so a few calls find
--- out which one this is.
local has_util, util = pcall(require, "jit.util")

local attach, flush, pcall = jit.attach, jit.flush, pcall
local all, after = pairs, next
local band, rshift = require("bit").band, require("bit").rshift

local compiler = {}
local is_checked = false

--- Its value is the first argument. LuaJIT gets from the loop to `...` in a trace of its own.
local function first(...)
  for _ = 1, 60 do end
  local a = ...
  return a
end

--- Does this LuaJIT give wrong arguments? Then it is old enough for the other fault. (Compiles two
--- small traces.)
---@return boolean
function compiler.is_faulty()
  is_checked = true
  for i = 1, 30 do
    if first(i, -i) ~= i then return true end
  end
  return false
end

-- -- Loops over tables ----------------------------------------------------------------------------

local function step(t, key) return after(t, key) end

--- `next` becomes a function in Lua, and loops over it are ones over any function.
local function guard_loops()
  next = step -- luacheck: ignore 121
  function pairs(t) -- luacheck: ignore 121
    if type(t) ~= "table" then return all(t) end -- complains at the caller's line
    local f, state, key = all(t)
    if f == after then f = step end
    return f, state, key
  end
end

-- -- Arguments ------------------------------------------------------------------------------------

--- Gives up a trace that reads `...` into a fixed number of values, in a function that it did not
--- see called: the interpreter does that part. All else is compiled as before.
local function guard_arguments()
  local funcbc = util.funcbc
  local VARG = band(funcbc(loadstring "local a = ...", 1), 255)
  local other -- LuaJIT has room for one function; jit.dump wants it, too

  -- Takes little of the stack, of which there may be next to nothing: hence pcall.
  attach(function(trace, f, pc, depth)
    if depth <= 0 and pc >= 0 then
      local is_read, instruction = pcall(funcbc, f, pc)
      if is_read and band(instruction, 255) == VARG and rshift(instruction, 24) > 1 then
        flush(0) -- of no trace: ends the recording, as every change of LuaJIT's mode does
      end
    end
    if other then other(trace, f, pc, depth) end
  end, "record")

  function jit.attach(f, event) -- luacheck: ignore 122
    if event == "record" then
      other = f
    else
      if f == other then other = nil end
      attach(f, event)
    end
  end
end

-- -- Locals that are looked at -------------------------------------------------------------------

--- Leaves a script that speaks of mah.prompt to the interpreter, with all functions in it: compiled
--- code does not keep locals that are of no use any more, and the prompt shows all.
---@param script function
function compiler.spare_prompts(script)
  if string.dump(script):find("prompt", 1, true) then jit.off(script, true) end
end

-- -- Both -----------------------------------------------------------------------------------------

--- Guards this Lua state, once, if its LuaJIT has the faults.
function compiler.guard()
  if is_checked or not has_util or not compiler.is_faulty() then return end
  guard_loops()
  guard_arguments()
end

--- Warns once where nothing guards.
function compiler.warn()
  if is_checked or not compiler.is_faulty() then return end
  io.stderr:write("warning: this LuaJIT (", jit.version, ") gives wrong values for ",
    "`local a, b = ...` in compiled functions and may end loops over `pairs` early; the program ",
    "mah guards against it, -joff avoids it, and LuaJIT of July 2022 and later (Debian's luajit2) ",
    "is right\n")
end

return compiler
