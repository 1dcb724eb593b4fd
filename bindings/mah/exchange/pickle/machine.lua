--- Reads one Python pickle, of the protocols 0 to 5, and runs nothing of it: what a pickle would
--- import and call must be in a list of known names, which are made into data (values.lua).
--- Everything else is refused by its name. docs.python.org/3/library/pickletools.html describes the
--- instructions.
---
---     local value = machine.read(bytes.reader(text, path), names)
---
--- names: function(module, name, m) -> { kind = "class", name =, make = function(m, args) or nil },
--- nil for what is unknown. persistent: function(m, id) -> value, for formats with parts outside.
local bytes = require "mah.exchange.bytes"
local text = require "mah.exchange.pickle.text"
local values = require "mah.exchange.pickle.values"

local machine = {}

local MOST_VALUES = 2 ^ 22 -- that a pickle may make
local MOST_TIMES, MOST_MORE = 16, 2 ^ 24 -- bytes that they take: times the file's, and more
local DEEPEST = 8 -- pickles in pickles, of joblib's arrays of objects
local CONTAINER = 128 -- bytes of an empty list
local LONGEST = 1024 -- bytes of an integer
local LONGEST_NAME = 200

---@class mah.PickleMachine
---@field reader mah.Reader
---@field stack any[]
---@field top integer
local Machine = {}
Machine.__index = Machine

-- -- The stack ------------------------------------------------------------------------------------

function Machine:fail(message, ...) return self.reader:fail(message, ...) end

function Machine:check(condition, message, ...)
  return self.reader:check(condition, message, ...)
end

function Machine:push(value)
  local shared = self.shared
  shared.values = shared.values + 1
  self:check(shared.values <= MOST_VALUES, "more than %d values are too many for a model",
    MOST_VALUES)
  self.top = self.top + 1
  self.stack[self.top] = value
end

function Machine:pop()
  self:check(self.top > (self.marks[#self.marks] or 0), "the pickle takes what is not there")
  local value = self.stack[self.top]
  self.stack[self.top] = nil
  self.top = self.top - 1
  return value
end

function Machine:peek(kind)
  local value = self:pop()
  self.top = self.top + 1
  self.stack[self.top] = value
  if kind then
    self:check(values.is(value, kind), "%s where a %s is expected", values.show(value), kind)
  end
  return value
end

--- What lies above the last mark.
---@return any[] items, integer n
function Machine:pop_mark()
  local mark = self:check(table.remove(self.marks), "there is no mark")
  local items, n = {}, self.top - mark
  for i = 1, n do
    items[i] = self.stack[mark + i]
    self.stack[mark + i] = nil
  end
  self.top = mark
  return items, n
end

--- Complains when all would take much more memory than the file has bytes.
function Machine:charge(count)
  local shared = self.shared
  shared.charged = shared.charged + count
  self:check(shared.charged <= shared.allowed, "what it holds would take more than %.0f bytes, "
    .. "which is too much for such a file", shared.allowed)
end

-- -- Names, calls and states ----------------------------------------------------------------------

local function global(m, module, name)
  m:check(type(module) == "string" and type(name) == "string", "a name is no string")
  local found = #module + #name <= LONGEST_NAME and m.names(module, name, m)
  m:push(found or m:fail("it wants %s.%s, which is none of the things that a model is made of and "
    .. "is never run%s", module:sub(1, LONGEST_NAME), name:sub(1, LONGEST_NAME), m.hint))
end

local function call(m, callee, args)
  m:check(values.is(args, "tuple"), "the arguments are %s, no tuple", values.show(args))
  m:check(values.is(callee, "class"), "it calls %s", values.show(callee))
  m:check(callee.make, "it calls %s, which is never run", callee.name)
  local made = callee.make(m, args, callee)
  m:check(made ~= nil, "it calls %s with other arguments than NumPy does", callee.name)
  m:push(made)
end

--- An object of the class; new(cls, args).
local function new(m)
  local args, class = m:pop(), m:pop()
  m:check(values.is(class, "class"), "it makes an object of %s", values.show(class))
  call(m, class, args)
end

local builders = {}

--- Attributes: a dict, or a pair of dicts of which the second has those of __slots__.
function builders.object(m, object, state)
  local parts = values.is(state, "tuple") and state or { state }
  for i = 1, 2 do
    if values.is(parts[i], "dict") then
      m:charge(32 * #parts[i].keys)
      for key, value in pairs(parts[i].of) do object.state[key] = value end
    end
  end
end

function builders.dict() end -- _metadata of a state_dict
builders.list = builders.dict

function machine.builds(kind, build) builders[kind] = build end

local function build(m)
  local state = m:pop()
  local value = m:peek()
  local act = type(value) == "table" and builders[value.kind]
  m:check(act, "%s gets a state", values.show(value))
  act(m, value, state)
end

-- -- Numbers and strings --------------------------------------------------------------------------

--- Two's complement, little-endian.
local function long(m, n)
  m:check(n >= 0 and n <= LONGEST, "an integer of %.0f bytes", n)
  local raw = m.reader:take(n, "an integer")
  local value, last = 0, raw:byte(n)
  local negative = n > 0 and last >= 128
  for i = n, 1, -1 do
    local byte = raw:byte(i)
    value = value * 256 + (negative and 255 - byte or byte)
  end
  return negative and -value - 1 or value
end

local function line(m)
  local reader = m.reader
  local stop = m:check(reader.text:find("\n", reader.at + 1, true), "a line without an end")
  local found = reader:take(stop - 1 - reader.at)
  reader:skip(1)
  return found
end

local function number(m, written)
  return m:check(tonumber((written:gsub("L$", ""))), "%q is no number", written:sub(1, 40))
end

local function counted(count)
  return function(m)
    local n = m.reader[count](m.reader)
    m:push(m.reader:take(n, "a string"))
  end
end

-- -- Containers -----------------------------------------------------------------------------------

local function push_container(m, value)
  m:charge(CONTAINER)
  m:push(value)
end

local function append(m, list, item)
  m:check(values.is(list, "list") or values.is(list, "set"), "%s gets items", values.show(list))
  list.n = list.n + 1
  list[list.n] = item
end

local function appends(m)
  local items, n = m:pop_mark()
  local list = m:peek()
  for i = 1, n do append(m, list, items[i]) end
end

local function put_pairs(m, dict, items, n)
  m:check(n % 2 == 0, "a key has no value")
  for i = 1, n, 2 do values.put(dict, items[i], items[i + 1]) end
end

local function tuple_of(n)
  return function(m)
    local items = {}
    for i = n, 1, -1 do items[i] = m:pop() end
    push_container(m, values.list(items, n, "tuple"))
  end
end

local function marked(kind)
  return function(m)
    local items, n = m:pop_mark()
    push_container(m, values.list(items, n, kind))
  end
end

local function empty(kind)
  return function(m) push_container(m, values.list({}, 0, kind)) end
end

local function get(m, index)
  local value = m.memo[index]
  m:check(value ~= nil, "nothing is remembered as %s", tostring(index))
  m:push(value)
end

local function put(m, index)
  m:check(index == index, "nothing can be remembered as nan")
  m.remembered = m.remembered + (m.memo[index] == nil and 1 or 0)
  m.memo[index] = m:peek()
end

local function persistent(m, id)
  m:push(m:check(m.persistent, "it wants something from outside of the file")(m, id))
end

local function extension(m) m:fail "it wants an object by a number of Python's registry" end

-- -- Instructions ---------------------------------------------------------------------------------

local ops = {
  ["("] = function(m) m.marks[#m.marks + 1] = m.top end,
  ["0"] = function(m) -- may take a mark away too
    if m.top == m.marks[#m.marks] then table.remove(m.marks) else m:pop() end
  end,
  ["1"] = function(m) m:pop_mark() end,
  ["2"] = function(m) m:push(m:peek()) end,
  -- constants
  N = function(m) m:push(values.None) end,
  ["\136"] = function(m) m:push(true) end,
  ["\137"] = function(m) m:push(false) end,
  -- numbers
  F = function(m) m:push(number(m, line(m))) end,
  I = function(m)
    local written = line(m)
    if written == "01" then m:push(true) elseif written == "00" then m:push(false)
    else m:push(number(m, written)) end
  end,
  L = function(m) m:push(number(m, line(m))) end,
  J = function(m) m:push(m.reader:i32()) end,
  K = function(m) m:push(m.reader:u8()) end,
  M = function(m) m:push(m.reader:u16()) end,
  G = function(m)
    local raw = m.reader:take(8, "a number")
    m:push(bytes.reader(raw, m.reader.name, true):f64())
  end,
  ["\138"] = function(m) m:push(long(m, m.reader:u8())) end,
  ["\139"] = function(m) m:push(long(m, m.reader:i32())) end,
  -- strings
  S = function(m) m:push(text.quoted(m, line(m))) end,
  V = function(m) m:push(text.raw_unicode(m, line(m))) end,
  T = counted "u32", U = counted "u8", X = counted "u32", B = counted "u32", C = counted "u8",
  ["\140"] = counted "u8", ["\141"] = counted "u64", ["\142"] = counted "u64",
  ["\150"] = counted "u64",
  ["\151"] = function(m) m:fail "its arrays are outside of the pickle (buffers of protocol 5)" end,
  ["\152"] = function(m) m:peek() end,
  -- containers
  ["]"] = empty "list", [")"] = empty "tuple",
  ["}"] = function(m) push_container(m, values.dict()) end,
  ["\143"] = empty "set",
  l = marked "list", t = marked "tuple", ["\145"] = marked "set",
  d = function(m)
    local items, n = m:pop_mark()
    local dict = values.dict()
    put_pairs(m, dict, items, n)
    push_container(m, dict)
  end,
  a = function(m)
    local item = m:pop()
    append(m, m:peek(), item)
  end,
  e = appends, ["\144"] = appends,
  s = function(m)
    local value, key = m:pop(), m:pop()
    values.put(m:peek "dict", key, value)
  end,
  u = function(m)
    local items, n = m:pop_mark()
    put_pairs(m, m:peek "dict", items, n)
  end,
  ["\133"] = tuple_of(1), ["\134"] = tuple_of(2), ["\135"] = tuple_of(3),
  -- what was there before
  g = function(m) get(m, number(m, line(m))) end,
  h = function(m) get(m, m.reader:u8()) end,
  j = function(m) get(m, m.reader:u32()) end,
  p = function(m) put(m, number(m, line(m))) end,
  q = function(m) put(m, m.reader:u8()) end,
  r = function(m) put(m, m.reader:u32()) end,
  ["\148"] = function(m) put(m, m.remembered) end,
  -- names, calls, objects
  c = function(m)
    local module = line(m)
    global(m, module, line(m))
  end,
  ["\147"] = function(m)
    local name, module = m:pop(), m:pop()
    global(m, module, name)
  end,
  R = function(m)
    local args, callee = m:pop(), m:pop()
    call(m, callee, args)
  end,
  ["\129"] = new,
  ["\146"] = function(m)
    m:pop() -- named arguments
    new(m)
  end,
  i = function(m)
    local module = line(m)
    global(m, module, line(m))
    local class = m:pop()
    local items, n = m:pop_mark()
    call(m, class, values.list(items, n, "tuple"))
  end,
  o = function(m)
    local items, n = m:pop_mark()
    m:check(n > 0, "an object without a class")
    call(m, table.remove(items, 1), values.list(items, n - 1, "tuple"))
  end,
  b = build,
  P = function(m) persistent(m, line(m)) end,
  Q = function(m) persistent(m, m:pop()) end,
  ["\130"] = extension, ["\131"] = extension, ["\132"] = extension,
  -- the frame of it all
  ["\128"] = function(m)
    local protocol = m.reader:u8()
    m:check(protocol <= 5, "a pickle of protocol %d; 0 to 5 are known", protocol)
  end,
  ["\149"] = function(m) m.reader:u64() end,
}

local by_byte = {}
for op, act in pairs(ops) do by_byte[op:byte()] = act end

-- -- Running --------------------------------------------------------------------------------------

local function run(m)
  local reader = m.reader
  while true do
    local op = reader:u8()
    if op == 46 then return m:pop() end -- "."
    local act = by_byte[op]
    if not act then
      reader.at = reader.at - 1
      m:fail("no pickle has the byte %d here", op)
    end
    act(m)
  end
end

--- Reads the pickle that begins where the reader is.
---@param reader mah.Reader
---@param names fun(module: string, name: string, m: table): table|nil
---@param given {persistent: function?, hint: string?}|nil   hint: what to do about unknown names
---@return any value
function machine.read(reader, names, given)
  given = given or {}
  local allowed = MOST_TIMES * #reader.text + MOST_MORE
  return run(setmetatable({ reader = reader, names = names, stack = {}, top = 0, marks = {},
    memo = {}, remembered = 0, persistent = given.persistent, hint = given.hint or "", depth = 1,
    shared = { values = 0, charged = 0, allowed = given.allowed or allowed } }, Machine))
end

--- Another pickle, in the midst of this one: joblib's arrays of objects.
function Machine:nested()
  self:check(self.depth < DEEPEST, "pickles lie in pickles, %d deep", DEEPEST)
  return run(setmetatable({ reader = self.reader, names = self.names, stack = {}, top = 0,
    marks = {}, memo = {}, remembered = 0, hint = self.hint, depth = self.depth + 1,
    shared = self.shared }, Machine))
end

--- Does it begin as pickles do? Those of the protocols 0 and 1, without a mark of their own: with a
--- class and what follows it, with a list or a dict.
---@param head string   of the file
---@return boolean
function machine.is(head)
  local protocol = head:match "^\128(.)"
  if protocol then return protocol:byte() >= 2 and protocol:byte() <= 5 end
  return head:find "^c[%w_.]+\n[%w_.]+\n[(q]" ~= nil or head:find "^c[%w_.]+\n[%w_.]+\np%d" ~= nil
    or head:find "^%([dl]p%d+\n" ~= nil
    or head:find "^[%]}]q" ~= nil
end

return machine
