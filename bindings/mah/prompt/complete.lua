--- What Tab offers: globals, fields, methods, names of `mah`, options of a call, files in strings.
---
---     complete.candidates("mah.MLPClassifier{hid", "hid")     --> {"hidden_layer_sizes = "}
---
--- Nothing of the user's is called: names are looked up in tables and in their metatables' __index.
local Type = require "mah.tensor.type"
local scope = require "mah.prompt.scope"

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
      value, owner = scope.get(name), _G
      if value == nil and name == "mah" then value = package.loaded.mah end
    else
      owner, value = value, member(value, name)
    end
    if value == nil then return nil end
  end
  return value, owner
end

-- -- Where the cursor is --------------------------------------------------------------------------

--- What is open at the text's end: a string's start (or nil), the innermost open brace or nil, and
--- all that is open. Long strings and comments are skipped.
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
        return { string = i + 1, brace = brace, outer = open[#open - 1], open = open }
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
  if last and text:sub(last, last) == "{" then
    return { brace = last, outer = before, open = open }
  end
  return { open = open }
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

--- The function of a path; a name of `mah` without the `mah.`, such as show, counts.
local function function_of(path)
  local f = complete.resolve(path)
  local known = f ~= nil and next(require("mah.docs.rules").of(f)) ~= nil
  return known and f or complete.resolve("mah." .. path) or f
end

local function option_names(text, at, prefix)
  local path, found = callee(text, at), {}
  local f = path and function_of(path)
  for name in pairs(f and require("mah.docs.rules").of(f) or {}) do
    if name:sub(1, #prefix) == prefix then found[name .. " = "] = true end
  end
  return found
end

--- The constructor of an estimator whose parameter is assigned to: clf.solver = "
local function constructor_of(path)
  local owner = path and complete.resolve(path)
  local class = owner ~= nil and require("mah.docs.members").class_of(owner)
  return class and complete.resolve("mah." .. class)
end

--- The function, and the option of it, whose value stands at the end of `before`: in its table, or
--- in a table within that, activation = {"relu", " or series = {{marker = ". Without an option a
--- string that is the function's own: mah.mlp{10, {5, ".
local function value_at(before, at)
  local owner, option = before:match "([%a_][%w_.]*)%.([%a_][%w_]*)%s*=%s*$"
  if owner then return constructor_of(owner), option end
  option = before:match "([%a_][%w_]*)%s*=%s*$"
  for i = #at.open, 1, -1 do
    local place = at.open[i]
    local path = before:sub(place, place) == "{"
      and callee(before, { brace = place, outer = at.open[i - 1] })
    if path then return function_of(path), option end
    option = option or before:sub(1, place - 1):match "([%a_][%w_]*)%s*=%s*$"
  end
  local path = before:match "([%a_][%w_.:]*)%s*%([^()]*,%s*$"
  if path then return function_of(path), "dtype" end
  path = before:match "([%a_][%w_.:]*)%s*%(?%s*$"
  if path then return function_of(path) end
end

--- The strings of the value whose quote is open. The quote at the end comes with an only one.
local function value_names(text, at, prefix)
  local f, option = value_at(text:sub(1, at.string - 2), at)
  local list, found = {}, {}
  for _, value in ipairs(f ~= nil and require("mah.prompt.values").of(f, option) or {}) do
    if value:sub(1, #prefix) == prefix then list[#list + 1] = value end
  end
  local quote = #list == 1 and text:sub(at.string - 1, at.string - 1) or ""
  for _, value in ipairs(list) do found[value .. quote] = true end
  return found
end

--- The values that may stand behind `solver = `, before a quote is typed.
local function quoted_values(text)
  local at, found = scan(text), {}
  if not at.open or at.string then return found end
  local f, option = value_at(text, at)
  if f == nil or not option then return found end
  local values = require "mah.prompt.values"
  for _, value in ipairs(values.of(f, option)) do found['"' .. value .. '"'] = true end
  if next(found) == nil and values.is_boolean(f, option) then
    found["true"], found["false"] = true, true
  end
  return found
end

local function global_names(prefix)
  local found = {}
  add_names(found, scope.all(), prefix)
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

local takes_files = { run = true, save = true, ls = true, cd = true, edit = true }

--- The last word of a command on files.
local function text_of_file_command(text)
  local name, rest = text:match "^%%(%a+)%s+(%S*)$"
  return takes_files[name] and rest
end

local function names_at(text, word)
  local command = text:match "^%%run%s+%-i%s+(%S*)$" or text:match "^!.*%s(%S*)$"
    or text_of_file_command(text)
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
  local behind_equals = text:find "[%w_]%s*=%s*$"
  local found = behind_equals and quoted_values(text) or {}
  if next(found) == nil then
    for _, nothing in ipairs { "^%s*$", "\n%s*$", "[%w_]%s*=%s*$", "[)%]}]%s+$" } do
      if text:find(nothing) then return { "\t" } end -- an indentation, or a paste without marks
    end
    found = names_at(text, word)
  end
  local list = {}
  for name in pairs(found) do list[#list + 1] = name end
  table.sort(list)
  return list
end

return complete
