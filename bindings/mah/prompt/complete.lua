--- What Tab offers: globals, fields, methods, names of `mah`, options of a call, files in strings.
---
---     complete.candidates("mah.MLPClassifier{hid", "hid")     --> {"hidden_layer_sizes = "}
---
--- Nothing of the user's is called: names are looked up in tables and in their metatables' __index.
local Type = require "mah.tensor.type"

local rawget, type, next = rawget, type, next
local getmetatable = debug.getmetatable

local complete = {}

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat "
  .. "return then true until while"):gmatch "%S+" do
  keywords[word] = true
end

-- -- Names of a value -----------------------------------------------------------------------------

--- The tables in which a value's names are found, from near to far.
local function tables_of(value)
  local list, seen = {}, {}
  local function add(t)
    while type(t) == "table" and not seen[t] and #list < 10 do
      seen[t] = true
      list[#list + 1] = t
      local meta = getmetatable(t)
      if type(meta) ~= "table" then return end
      if type(rawget(meta, "methods")) == "table" then add(rawget(meta, "methods")) end
      t = rawget(meta, "__index")
    end
  end
  if Type.is_tensor(value) then
    Type.load()
    add(Type.methods)
    add(Type.fields)
  elseif type(value) == "string" then
    add(string)
  elseif type(value) == "userdata" then
    local meta = getmetatable(value) -- tables and columns of mah.data
    add(type(meta) == "table" and rawget(meta, "methods") or nil)
    if type(meta) == "table" and rawget(meta, "fields") then add(rawget(meta, "fields")(value)) end
  else
    add(value)
  end
  return list
end

--- Known names of `mah` that are not loaded yet.
local function lazy_names(value)
  local meta = type(value) == "table" and getmetatable(value)
  local names = type(meta) == "table" and rawget(meta, "names")
  return value == package.loaded.mah and names and names() or {}
end

--- A member of a value, found without calling anything of the user's; nil if there is none.
local function member(value, name)
  for _, t in ipairs(tables_of(value)) do
    local found = rawget(t, name)
    if found ~= nil then
      if t == Type.fields then return Type.is_tensor(value) and found(value) or nil end
      return found
    end
  end
  for _, known in ipairs(lazy_names(value)) do
    if known == name then return value[name] end
  end
end

--- The value of a path like "a.b.c" or "a:method"; nil if there is none.
---@param path string
---@return any value, any owner
function complete.resolve(path)
  local value, owner
  for separator, name in ("." .. path):gmatch "([.:])%s*([%w_]+)" do
    if owner == nil and value == nil and separator == "." then
      value, owner = rawget(_G, name), _G
      if value == nil and name == "mah" then value = package.loaded.mah end
    else
      owner, value = value, member(value, name)
    end
    if value == nil then return nil end
  end
  return value, owner
end

-- -- Where the cursor is --------------------------------------------------------------------------

--- What is open at the text's end: a string's start (or nil), and the innermost open brace or nil.
--- Long strings and comments are skipped.
local function scan(text)
  local open, i = {}, 1
  while i <= #text do
    local c = text:sub(i, i)
    if text:find("^%-%-%[%[", i) or text:find("^%[%[", i) then
      local _, finish = text:find("]]", i, true)
      if not finish then return { comment = true } end
      i = finish
    elseif text:find("^%-%-", i) then
      local finish = text:find("\n", i, true)
      if not finish then return { comment = true } end
      i = finish
    elseif c == '"' or c == "'" then
      local finish = i + 1
      while finish <= #text and text:sub(finish, finish) ~= c do
        finish = finish + (text:sub(finish, finish) == "\\" and 2 or 1)
      end
      if finish > #text then
        local brace = open[#open] and text:sub(open[#open], open[#open]) == "{" and open[#open]
        return { string = i + 1, brace = brace, outer = open[#open - 1] }
      end
      i = finish
    elseif c:find "[%(%[{]" then
      open[#open + 1] = i
    elseif c:find "[%)%]}]" then
      open[#open] = nil
    end
    i = i + 1
  end
  local last, before = open[#open], open[#open - 1]
  if last and text:sub(last, last) == "{" then return { brace = last, outer = before } end
  return {}
end

--- The path of the function whose table of options opens at `brace`.
local function callee(text, at)
  local before = text:sub(1, at.brace - 1)
  local path = before:match "([%a_][%w_.:]*)%s*%(?%s*$"
  if path or not at.outer or text:sub(at.outer, at.outer) ~= "(" then return path end
  return before:match ",%s*$" and text:sub(1, at.outer - 1):match "([%a_][%w_.:]*)%s*$"
end

-- -- Candidates -----------------------------------------------------------------------------------

local function is_callable(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(value) == "function" or type(value) == "cdata" or (type(meta) == "table"
    and rawget(meta, "__call") ~= nil)
end

local function add_names(found, t, prefix, only_methods)
  for name, value in next, t do
    if type(name) == "string" and name:sub(1, #prefix) == prefix and name:match "^[%a_][%w_]*$"
      and (prefix ~= "" or name:sub(1, 1) ~= "_") and (not only_methods or is_callable(value)) then
      found[name] = true
    end
  end
end

local function member_names(path, separator, prefix)
  local value, found = complete.resolve(path), {}
  if value == nil then return found end
  for _, t in ipairs(tables_of(value)) do
    if not (separator == ":" and t == Type.fields) then
      add_names(found, t, prefix, separator == ":")
    end
  end
  for _, name in ipairs(lazy_names(value)) do
    if name:sub(1, #prefix) == prefix then found[name] = true end
  end
  return found
end

--- Methods of what a call returns, where its annotation says that it is a tensor.
local function result_names(before, separator, prefix)
  local found = {}
  local path = before:match "([%a_][%w_.:]*)%s*%b()$" or before:match "([%a_][%w_.:]*)%s*%b{}$"
  local record = path and require("mah.docs.public").find((complete.resolve(path)))
  local entry = record and record.entry
  if not entry or not entry.returns[1] or not entry.returns[1].type:find "tensor" then
    return found
  end
  Type.load()
  add_names(found, Type.methods, prefix)
  if separator == "." then add_names(found, Type.fields, prefix) end
  return found
end

local function option_names(text, at, prefix)
  local path, found = callee(text, at), {}
  local f = path and complete.resolve(path)
  for name in pairs(f and require("mah.docs.rules").of(f) or {}) do
    if name:sub(1, #prefix) == prefix then found[name .. " = "] = true end
  end
  return found
end

--- "dtype" and the path of the function, for a string that is an argument itself.
local function lone_dtype(before)
  local path = before:match "([%a_][%w_.:]*)%s*%([^()]*,%s*$"
  return path and "dtype", path
end

--- The strings that the option may be whose string is open.
local function value_names(text, at, prefix)
  local before, found = text:sub(1, at.string - 2), {}
  local option = before:match "([%a_][%w_]*)%s*=%s*$"
  local path = option and at.brace and callee(text, at)
  if not option then option, path = lone_dtype(before) end
  local f = path and complete.resolve(path)
  for _, value in ipairs(f and require("mah.prompt.values").of(f, option) or {}) do
    if value:sub(1, #prefix) == prefix then
      found[value .. text:sub(at.string - 1, at.string - 1)] = true
    end
  end
  return found
end

local function global_names(prefix)
  local found = {}
  add_names(found, _G, prefix)
  for word in pairs(keywords) do
    if prefix ~= "" and word:sub(1, #prefix) == prefix then found[word] = true end
  end
  return found
end

local function command_names(prefix)
  local found = {}
  for name in pairs(require("mah.prompt.magic").entries()) do
    if name:sub(1, #prefix) == prefix then found[name .. " "] = true end
  end
  return found
end

--- Names after ? may be of mah's functions without the `mah.`.
local function help_names(prefix)
  local found = global_names(prefix)
  for _, record in ipairs(require("mah.docs.public").list()) do
    local name = record.name:match "[^.:]+$"
    if name:sub(1, #prefix) == prefix then found[name] = true end
  end
  return found
end

--- libedit replaces `word`, the end of the path: what stands before it there is cut off.
local function file_names(path, word)
  local found = {}
  for _, name in ipairs(require("mah.base.glob").matching(path)) do
    found[name:sub(#path - #word + 1)] = true
  end
  return found
end

local function names_at(text, word)
  local command = text:match "^%%run%s+(%S*)$" or text:match "^%%save%s+(%S*)$"
    or text:match "^%%[lc][sd]%s+(%S*)$" or text:match "^!.*%s(%S*)$"
  if command then return file_names(command, word) end
  if text:match "^%%%a*$" then return command_names(word) end
  local at = scan(text)
  if at.comment then return {} end
  if at.string then
    local found = value_names(text, at, text:sub(at.string))
    return next(found) and found or file_names(text:sub(at.string), word)
  end
  local prefix = text:match "[%w_]*$"
  local path, separator = text:sub(1, #text - #prefix):match "([%a_][%w_.:]*)([.:])$"
  if path then return member_names(path, separator, prefix) end
  local before, mark = text:sub(1, #text - #prefix):match "^(.*[^.:])([.:])$"
  if before and (mark == ":" or not before:match "%d$") then
    return result_names(before, mark, prefix)
  end
  if text:match "^%?" then return help_names(prefix) end
  local found = at.brace and option_names(text, at, prefix) or {}
  if next(found) and prefix == "" then return found end
  for name in pairs(global_names(prefix)) do found[name] = true end
  return found
end

--- Replacements for `word`, which ends `text`; sorted.
---@param text string   what stands before the cursor, with earlier lines of the chunk
---@param word string   its end, as libedit sees it
---@return string[]
function complete.candidates(text, word)
  for _, nothing in ipairs { "^%s*$", "\n%s*$", "[%w_]%s*=%s*$", "[)%]}]%s+$" } do
    if text:find(nothing) then return { "\t" } end -- an indentation, or a paste without marks
  end
  local list = {}
  for name in pairs(names_at(text, word)) do list[#list + 1] = name end
  table.sort(list)
  return list
end

return complete
