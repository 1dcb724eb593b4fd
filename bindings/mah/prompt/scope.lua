--- What names stand for at the prompt: globals, and within a script (mah.prompt) the locals and
--- upvalues of the function that opened it, as long as it waits.
---
---     local s = scope.of_caller(hold)     -- of the function that called what called `hold`
---     s.env.x = s.env.x + 1               -- a local of that function, if it has one of this name
---     scope.get "x"                       -- of the scope that is open, else a global
local traceback = require "mah.base.traceback"

-- What the user may overwrite in _G.
local rawget, setmetatable, next, getfenv = rawget, setmetatable, next, getfenv
local getinfo, getlocal, setlocal = debug.getinfo, debug.getlocal, debug.setlocal
local getupvalue, setupvalue, match = debug.getupvalue, debug.setupvalue, string.match
local flush, running = jit.flush, coroutine.running

local scope = {}

local Scope = {}
Scope.__index = Scope

--- The level of the function that waits, as its caller counts; nil in another coroutine.
local function level_of(self)
  if running() ~= self.thread then return nil end
  local level, is_past = 1, false
  while true do
    local info = getinfo(level, "f")
    if not info then return nil end
    if info.func == self.hold then is_past = true end
    if is_past and info.func == self.func then return level - 1 end
    level = level + 1
  end
end

--- The local's number (the last of the name is the one that is seen) and value, and the level.
local function find_local(self, name)
  local level, found, value = level_of(self), nil, nil
  if not level then return nil end
  for i = 1, math.huge do
    local other, its = getlocal(level, i)
    if not other then return found, value, level - 1 end
    if other == name then found, value = i, its end
  end
end

local function find_upvalue(self, name)
  for i = 1, math.huge do
    local other, value = getupvalue(self.func, i)
    if not other then return nil end
    if other == name then return i, value end
  end
end

--- Own names come last: what a script has of its own is meant.
function Scope:get(name)
  local at, value = find_local(self, name)
  if at then return value end
  at, value = find_upvalue(self, name)
  if at then return value end
  value = self.globals[name]
  if value == nil then value = self.own[name] end
  return value
end

--- LuaJIT's compiled code takes locals that are never assigned to for constants: it is made anew.
function Scope:set(name, value)
  local at, _, level = find_local(self, name)
  if at then
    setlocal(level, at, value)
    return flush()
  end
  at = find_upvalue(self, name)
  if at then
    setupvalue(self.func, at, value)
    return flush()
  end
  self.globals[name] = value
end

--- The names of locals and upvalues, sorted.
---@return string[]
function Scope:names()
  local seen, list = {}, {}
  local function add(name)
    if name and match(name, "^[%a_][%w_]*$") and not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  local level = level_of(self)
  for i = 1, level and math.huge or 0 do
    local name = getlocal(level, i)
    if not name then break end
    add(name)
  end
  for i = 1, math.huge do
    local name = getupvalue(self.func, i)
    if not name then break end
    add(name)
  end
  table.sort(list)
  return list
end

--- The first of the user's functions behind `hold`.
local function caller_of(hold)
  local is_past = false
  for level = 1, math.huge do
    local info = getinfo(level, "Slnf")
    if not info then return nil end
    if is_past and not traceback.is_inner(info.short_src) then return info end
    if info.func == hold then is_past = true end
  end
end

--- The scope of the user's function that waits while `hold` runs; nil where there is none. own:
--- names that the prompt has besides.
---@param hold function
---@param own table
---@return table|nil scope, table|nil info   debug.getinfo's
function scope.of_caller(hold, own)
  local info = caller_of(hold)
  if not info then return nil end
  local self = setmetatable({ hold = hold, func = info.func, own = own, thread = running(),
    globals = getfenv(info.func) }, Scope)
  self.env = setmetatable({}, {
    __index = function(_, name) return self:get(name) end,
    __newindex = function(_, name, value) self:set(name, value) end,
  })
  return self, info
end

-- -- The one that is open -------------------------------------------------------------------------

local current -- nil: the globals

--- Opens a scope; returns the one before.
---@param other table|nil
---@return table|nil before
function scope.use(other)
  local before = current
  current = other
  return before
end

--- The function below which the stack is the script's.
function scope.waits() return current and current.hold end

---@param name string
---@return any
function scope.get(name)
  if current then return current:get(name) end
  return rawget(_G, name)
end

--- All names that stand for something, as keys.
---@return table<string, boolean>
function scope.all()
  local names = {}
  for name in next, current and current.globals or _G do names[name] = true end
  for name in next, current and current.own or {} do names[name] = true end
  for _, name in ipairs(current and current:names() or {}) do names[name] = true end
  return names
end

return scope
