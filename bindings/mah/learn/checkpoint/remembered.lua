--- What functions of the user remember from call to call: the local variables around them, the
--- globals that they name, and the tables, tensors and generators that they reach from there, those
--- of objects' metatables and of the user's modules included. What has changed since the training
--- began can be saved, and put back in another process that has come to the same place.
---
---     local remembered = Remembered.new({ on_epoch = f }, { net, ... })
---     local changes = remembered:changes()          -- for freeze.lua; errors say what cannot be
---     local problem = other:take(changes)           -- nil: they are in place
---
--- Of mah's own functions, which remember nothing between epochs, only those of the user inside of
--- them count (the rules in mah.stop.any). Networks are their weights. Files, C's data behind
--- pointers, and what is not a value of Lua are not looked at.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local objects = require "mah.learn.objects"
local random = require "mah.tensor.random"

local Remembered = {}
Remembered.__index = Remembered

local DEEPEST = 4 -- functions of mah's inside of one another
local MOST = 1e6 -- values
local LONGEST = 2000 -- path, in bytes: what is nested deeper would take all of Lua's stack

local rng_class = getmetatable(random.rng(0))
local crc_out = ffi.new "uint32_t[1]"

local function crc(t)
  if t:numel() == 0 then return 0 end
  check.status(C.mah_tensor_crc(crc_out, t:contiguous()))
  return crc_out[0]
end

-- -- What there is to note ------------------------------------------------------------------------

local function is_ours(f) return debug.getinfo(f, "S").source:find "^=%[mah%]/" ~= nil end

local has_util, util = pcall(require, "jit.util")

--- Adds the names that a function, and those written inside of it, have as constants.
local function add_names(names, f)
  local i = -1
  local constant = has_util and util.funck(f, i)
  while constant do
    if type(constant) == "string" then names[#names + 1] = constant end
    if type(constant) == "proto" then add_names(names, constant) end
    i = i - 1
    constant = util.funck(f, i)
  end
end

--- These names, of globals and of fields.
local function names_in(f)
  local names = {}
  add_names(names, f)
  table.sort(names)
  return names
end

local function copy_of(t)
  local copy = {}
  for key, value in pairs(t) do copy[key] = value end
  return copy
end

--- An array or a struct of C's as text; nil for pointers.
local function bytes_of(value)
  local name = tostring(ffi.typeof(value))
  if name:find "[%*&]" or name:find "int64_t>" or name:find "enum" then return nil end
  local size = ffi.sizeof(value)
  return size and ffi.string(value, size) or nil
end

local visit

local function add(self, object, path, kind, noted)
  local entry = { object = object, path = path, kind = kind, noted = noted }
  self.entries[#self.entries + 1] = entry
  self.path_of[object], self.at[path] = path, entry
end

local function key_text(key)
  return type(key) == "string" and ("[%q]"):format(key) or ("[%s]"):format(tostring(key))
end

local plain_keys = { string = true, number = true, boolean = true }
local inner_types = { table = true, ["function"] = true, cdata = true, thread = true }

local function visit_table(self, t, path)
  add(self, t, path, "table", copy_of(t))
  local inner = {}
  for key, value in pairs(t) do
    self.count = self.count + 1
    if inner_types[type(value)] and plain_keys[type(key)] then
      inner[#inner + 1] = { key_text(key), value }
    end
  end
  table.sort(inner, function(a, b) return a[1] < b[1] end)
  for _, pair in ipairs(inner) do visit(self, pair[2], path .. pair[1]) end
  visit(self, debug.getmetatable(t), path .. ":metatable")
end

local function upvalues_of(f)
  local names, values, i = {}, {}, 1
  while true do
    local name, value = debug.getupvalue(f, i)
    if not name then return names, values end
    names[i], values[i] = name, value
    i = i + 1
  end
end

local function get(env, name) return env[name] end
local function set(env, name, value) env[name] = value end

--- A global, or nil; a table that complains about unknown names may stand for the globals.
local function global_of(env, name)
  local ok, value = pcall(get, env, name)
  if ok then return value end
end

--- The globals of a function that are there, or may come.
local function visit_globals(self, f, path)
  local env = debug.getfenv(f)
  local seen = self.globals[env] or {}
  self.globals[env] = seen
  for _, name in ipairs(names_in(f)) do
    if not seen[name] then
      seen[name] = true
      local place = ("%s, global %s"):format(path, name)
      add(self, { env = env, name = name }, place, "global", global_of(env, name))
      visit(self, global_of(env, name), place .. ":")
    end
  end
end

--- Functions of C's have values, too: the iterator of string.gmatch its place, the function of
--- coroutine.wrap its coroutine.
local function visit_function(self, f, path)
  local names, values = upvalues_of(f)
  add(self, f, path, "function", values)
  for i, name in ipairs(names) do
    visit(self, values[i], ("%s:%d%s%s"):format(path, i, name ~= "" and "." or "", name))
  end
  if debug.getinfo(f, "S").what ~= "C" then visit_globals(self, f, path) end
end

local function is_callable(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(value) == "function" or type(meta) == "table" and rawget(meta, "__call") ~= nil
end

--- The user's functions inside of one of mah's.
local function visit_ours(self, f, path, depth)
  if depth > DEEPEST then return end
  local names, values = upvalues_of(f)
  for i, name in ipairs(names) do
    local value = values[i]
    if is_callable(value) then
      visit(self, value, ("%s:%d.%s"):format(path, i, name), depth + 1)
    elseif type(value) == "table" and not self.skipped[value] and is_callable(value[1]) then
      for k, inner in ipairs(value) do
        visit(self, inner, ("%s:%d.%s[%d]"):format(path, i, name, k), depth + 1)
      end
    end
  end
end

local visitors = {
  ["function"] = function(self, f, path, depth)
    self.path_of[f] = path
    if is_ours(f) then return visit_ours(self, f, path, depth) end
    visit_function(self, f, path)
  end,
  table = function(self, t, path)
    if getmetatable(t) == rng_class then return add(self, t, path, "generator", t:clone()) end
    if objects.is_network(t) then
      self.path_of[t] = path
      visit(self, rawget(t, "buffers"), path .. ".buffers")
      return visit(self, rawget(t, "params"), path .. ".params")
    end
    visit_table(self, t, path)
  end,
  cdata = function(self, value, path)
    if Type.is_tensor(value) then
      if value.store ~= nil then add(self, value, path, "tensor", crc(value)) end
      return
    end
    local bytes = bytes_of(value)
    if bytes then add(self, value, path, "bytes", bytes) end
  end,
  thread = function(self, _, path) self.problem = path .. " is a coroutine" end,
}

function visit(self, value, path, depth)
  local visitor = visitors[type(value)]
  if not visitor or self.skipped[value] or self.path_of[value] then return end
  self.count = self.count + 1
  if self.count > MOST or #path > LONGEST then
    self.problem = self.count > MOST and path .. " is one value too many"
      or path:sub(1, 80) .. " ... is nested too deeply"
    return
  end
  visitor(self, value, path, depth or 1)
end

-- -- Noting ---------------------------------------------------------------------------------------

local of_lua = { _G = true, package = true, bit = true, coroutine = true, debug = true, ffi = true,
  io = true, jit = true, math = true, os = true, string = true, table = true }

--- A module that remembers nothing for the user.
local function is_known_module(name)
  return of_lua[name] or name == "mah" or name:find "^mah%." or name:find "^jit%."
end

--- Notes what the roots, and all that can be got at from them, are like now.
---@param roots table<string, any>   functions, and tables that can be called, by a name
---@param known any[]                what is not to be looked at
---@return table
function Remembered.new(roots, known)
  local self = setmetatable({ entries = {}, path_of = {}, at = {}, skipped = {}, globals = {},
    count = 0 }, Remembered)
  if next(roots) == nil then return self end
  for name, module in pairs(package.loaded) do
    if is_known_module(name) then self.skipped[module] = true end
  end
  self.skipped[_G], self.skipped[package.loaded] = true, true
  for _, object in ipairs(known) do self.skipped[object] = true end
  local names = {}
  for name in pairs(roots) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do visit(self, roots[name], name) end
  return self
end

-- -- What has changed -----------------------------------------------------------------------------

local pack

local function pack_table(made, t, path)
  check.that(getmetatable(t) == nil, "%s, which is new, is an object", path)
  check.that(#path <= LONGEST, "%s ..., which is new, is nested too deeply", path:sub(1, 80))
  local i = #made.list + 1
  made.index[t], made.list[i] = i, {}
  local list = made.list[i]
  for key, value in pairs(t) do
    check.that(plain_keys[type(key)], "%s has a key that is %s", path, check.show(key))
    list[#list + 1] = { key = key, value = pack(made, value, path .. key_text(key)) }
  end
  return { made = i }
end

--- A value as it can be saved: itself, a place that is known, or one of what was made.
function pack(made, value, path)
  local kind = type(value)
  if value == nil or plain_keys[kind] then return { value = value } end
  if made.known[value] then return { at = made.known[value] } end
  if made.index[value] then return { made = made.index[value] } end
  if Type.is_tensor(value) then
    made.list[#made.list + 1], made.index[value] = { tensor = value }, #made.list + 1
    return { made = made.index[value] }
  end
  check.that(kind == "table", "%s, which is new, is %s", path, check.show(value))
  return pack_table(made, value, path)
end

local function same(a, b) return rawequal(a, b) or a ~= a and b ~= b end

local compare = {}

function compare.table(entry, made, out)
  local before, t, path = entry.noted, entry.object, entry.path
  local function note(key, value)
    check.that(plain_keys[type(key)], "%s has a key that is %s", path, check.show(key))
    out[#out + 1] = { at = path, key = key, value = pack(made, value, path .. key_text(key)) }
  end
  for key, value in pairs(t) do
    if not same(before[key], value) then note(key, value) end
  end
  for key in pairs(before) do
    if rawget(t, key) == nil then note(key, nil) end
  end
end

compare["function"] = function(entry, made, out)
  local names, values = upvalues_of(entry.object)
  for i, name in ipairs(names) do
    if not same(entry.noted[i], values[i]) then
      out[#out + 1] = { at = entry.path, upvalue = i,
        value = pack(made, values[i], entry.path .. ":" .. name) }
    end
  end
end

function compare.global(entry, made, out)
  local value = global_of(entry.object.env, entry.object.name)
  if same(entry.noted, value) then return end
  out[#out + 1] = { at = entry.path, global = true, value = pack(made, value, entry.path) }
end

function compare.tensor(entry, _, out)
  if crc(entry.object) ~= entry.noted then
    out[#out + 1] = { at = entry.path, tensor = entry.object }
  end
end

function compare.generator(entry, _, out)
  local now, before = entry.object:state(), entry.noted:state()
  local same_words = now.position == before.position and now.block == before.block
  for i, word in ipairs(now.words) do same_words = same_words and word == before.words[i] end
  if not same_words or now.next_normal ~= before.next_normal then
    out[#out + 1] = { at = entry.path, generator = now }
  end
end

function compare.bytes(entry)
  check.that(bytes_of(entry.object) == entry.noted, "%s, which has changed, is C's", entry.path)
end

--- What is not as it was, for `take`. Errors say what cannot be saved.
---@return table
function Remembered:changes()
  check.that(not self.problem, "what the functions of the training remember cannot be saved: %s",
    tostring(self.problem))
  local out, made = {}, { list = {}, index = {}, known = self.path_of }
  for _, entry in ipairs(self.entries) do compare[entry.kind](entry, made, out) end
  return { list = out, made = made.list }
end

-- -- And back -------------------------------------------------------------------------------------

local function fits(entry, change)
  if not entry then return false end
  if change.tensor then
    return entry.kind == "tensor" and change.tensor.elem == entry.object.elem
      and change.tensor:numel() == entry.object:numel()
  elseif change.generator then
    return entry.kind == "generator" and change.generator.kind == entry.object.kind
  end
  return entry.kind == (change.upvalue and "function" or change.global and "global" or "table")
end

--- The objects of their places, by path.
local function objects_by_path(self)
  local at = {}
  for object, path in pairs(self.path_of) do at[path] = object end
  return at
end

--- Puts changes in place; nothing where they do not fit.
---@param changes table   of another Remembered with the same roots
---@return string|nil problem
function Remembered:take(changes)
  local places, made = objects_by_path(self), {}
  for _, change in ipairs(changes.list) do
    if not fits(self.at[change.at], change) then
      return ("there is no %s"):format(change.at)
    end
  end
  for i, content in ipairs(changes.made) do made[i] = content.tensor or {} end
  local function value_of(packed)
    if packed.at then return places[packed.at] end
    if packed.made then return made[packed.made] end
    return packed.value
  end
  for i, content in ipairs(changes.made) do
    for _, pair in ipairs(content) do rawset(made[i], pair.key, value_of(pair.value)) end
  end
  for _, change in ipairs(changes.list) do
    local object = places[change.at]
    if change.tensor then
      object:copy_(change.tensor)
    elseif change.generator then
      object:set_state(change.generator)
    elseif change.upvalue then
      debug.setupvalue(object, change.upvalue, value_of(change.value))
    elseif change.global then
      pcall(set, object.env, object.name, value_of(change.value))
    else
      rawset(object, change.key, value_of(change.value))
    end
  end
end

return Remembered
