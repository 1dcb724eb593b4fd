--- Every public name with its documentation: `mah`'s parts, their functions, the methods of
--- tensors, networks, generators, figures and estimators.
---
---     public.list()                        -- records, sorted by name
---     public.find(mah.train).name          --> mah.train
---     public.named "train"                 -- records whose name, or its last part, is this
---
--- A record: {name, value, entry (mah.docs.annotations), head (of its module), module, place,
--- summary}; of a class that no function of its name makes {name, class = name, head, module,
--- summary}.
local Type = require "mah.tensor.type"
local annotations = require "mah.docs.annotations"
local attributes = require "mah.docs.attributes"
local classes = require "mah.base.class"
local estimators = require "mah.prepare.base"
local families = require "mah.docs.families"
local members = require "mah.docs.members"
local sources = require "mah.docs.sources"
local types = require "mah.docs.types"

local public = {}

-- What the methods of preparation do wherever they say nothing else: text and what they return.
local usual = {
  fit = { "Learns from x (and y) what the others need. Gives the object itself.", "self" },
  transform = { "x as fit has learned to change it; x has the columns of fit.", "tensor" },
  inverse_transform = { "The way back: what transform gave, as it was before.", "tensor" },
  predict = { "What is expected for each row of x.", "tensor|any[]" },
  predict_proba = { "Of each row of x the probabilities of the classes.", "tensor" },
  predict_log_proba = { "The logarithms of predict_proba.", "tensor" },
  decision_function = { "What the classifier decides by, for each row of x.", "tensor" },
  score = { "How good the predictions for x are, beside y.", "number" },
  feature_names_out = { "The names of the columns that come out.", "string[]" },
  get_n_splits = { "How many folds split goes over.", "integer" },
}

-- -- Modules --------------------------------------------------------------------------------------

local read, module_of

--- The module's annotations; read once.
---@param name string
---@return table|nil
function public.module(name)
  read = read or {}
  if read[name] == nil then
    local text = sources.text(name)
    read[name] = text and annotations.read(text) or false
  end
  return read[name] or nil
end

local function module_of_chunk(chunk)
  if not module_of then
    module_of = {}
    for _, name in ipairs(sources.names()) do module_of[sources.chunk(name)] = name end
  end
  return module_of[chunk]
end

--- The name of the module that a function is from.
local function module_name(f) return module_of_chunk(debug.getinfo(f, "S").source) end

--- The module whose head describes a class of estimators, from its constructor; nil for others.
local function home_of(constructor)
  local chunk = estimators.chunks[constructor]
  return chunk and module_of_chunk(chunk)
end

--- The comment above a function's definition, if it is one of Mah's.
---@param f function
---@return table|nil entry, string|nil module
function public.entry_of(f)
  f = classes.original[f] or f
  if home_of(f) then return nil, home_of(f) end
  local name = module_name(f)
  if not name then return nil end
  local entry = public.module(name).at[debug.getinfo(f, "S").linedefined]
  return entry and entry.documented and entry or nil, name
end

-- -- Functions ------------------------------------------------------------------------------------

--- What is called: a function, or that of a table that stands for one (base/called.lua, and classes
--- of learn/estimator/base.lua); nil for others.
---@param value any
---@return function|nil
function public.function_of(value)
  if type(value) == "function" then return value end
  local meta = type(value) == "table" and debug.getmetatable(value)
  local f = type(meta) == "table" and rawget(meta, "calls")
  return type(f) == "function" and f or nil
end

--- "(a, b, ...)" of a Lua function.
---@param value any   a function, or what is called as one
---@return string
function public.signature(value)
  local f = public.function_of(value)
  f = classes.original[f] or f
  local info = debug.getinfo(f, "u")
  local names = {}
  for i = 1, info.nparams do names[i] = debug.getlocal(f, i) or "?" end
  if info.isvararg then names[#names + 1] = "..." end
  return "(" .. table.concat(names, ", ") .. ")"
end

--- "[mah]/learn/train.lua:128": where a Lua function is defined; nil for others.
---@param value any   a function, or what is called as one
---@return string|nil
function public.place(value)
  local f = public.function_of(value)
  f = classes.original[f] or f
  local info = debug.getinfo(f, "S")
  return info.what ~= "C" and ("%s:%d"):format(info.short_src, info.linedefined) or nil
end

-- -- Records --------------------------------------------------------------------------------------

local function last_part(name) return name:match "[^.:]+$" end

local function new_record(name, value, module)
  module = module or home_of(value)
  local record = { name = name, value = value, module = module }
  local f = public.function_of(value)
  if f then
    local entry, home = public.entry_of(f)
    record.entry = entry or families.entry(last_part(name))
    record.module = module or home
    record.place = not home_of(value) and public.place(f) or nil
  end
  local head = module and public.module(module)
  if head and head.head ~= "" then
    record.head = head.head
    record.summary = record.entry and record.entry.summary ~= "" and record.entry.summary
      or head.summary
  else
    record.summary = record.entry and record.entry.summary
  end
  return record
end

--- The record of a method of preparation: the usual text where its own comment has none.
local function add_usual(record)
  local text, result = unpack(usual[last_part(record.name)] or {})
  if not text then return end
  local entry = record.entry or annotations.entry {}
  if #entry.returns == 0 then entry.returns[1] = { type = result, text = "" } end
  record.entry = entry
  if (record.summary or "") ~= "" then return end
  entry.text, entry.summary, entry.documented = text, text, true
  record.summary = text
end

--- Adds the records of a table's functions.
local function add_members(list, name, functions, separator)
  for key, value in pairs(functions) do
    if type(key) == "string" and not key:find "^_" and type(value) == "function" then
      list[#list + 1] = new_record(name .. separator .. key, value)
    end
  end
end

local function add_parts(list)
  local mah = require "mah"
  local names, homes = getmetatable(mah).names()
  for _, name in ipairs(names) do
    local found, value = pcall(function() return mah[name] end)
    if not found then value = nil end -- a part that cannot be loaded here
    local record = new_record("mah." .. name, value, homes[name])
    list[#list + 1] = record
    if type(value) == "table" then add_members(list, record.name, value, ".") end
  end
end

--- What fit leaves in an estimator of preparation: the names that end in _, as the module sets
--- them.
---@param record table   of its constructor
---@return string[]
function public.fitted(record)
  local text = home_of(record.value) and sources.text(record.module) or ""
  local seen, names = {}, {}
  for name in text:gmatch "self%.([%a][%w_]*_)%f[^%w_]" do
    if not seen[name] then seen[name], names[#names + 1] = true, name end
  end
  table.sort(names)
  return names
end

local hidden = {
  augmentation = { new = true, expect = true, augmenter = true, mixes = true,
    probabilities = true },
  find_lr = { new = true }, figure = { new = true }, study = { new = true },
  network = { new = true, evaluate = true }, -- evaluate takes the core's batches
  TapedNetwork = { evaluate = true }, StackedNetwork = { evaluate = true },
  sweep_table = { new = true, of_trials = true }, page = { new = true }, language = { of = true },
}

local class_names = {} -- with methods

local function add_classes(list)
  for class, methods in pairs(members.classes()) do
    class_names[class] = true
    local shown = {}
    for name, f in pairs(methods) do
      if not (hidden[class] and hidden[class][name]) then shown[name] = f end
    end
    local first = #list + 1
    add_members(list, class, shown, ":")
    for i = first, estimators.methods_of[class] and #list or 0 do add_usual(list[i]) end
  end
  for name, f in pairs(Type.fields) do
    list[#list + 1] = new_record("tensor." .. name, f)
  end
end

-- -- Classes as records ---------------------------------------------------------------------------

--- The class that a function makes: one of its own name, unless its comment says that it returns
--- something else; nil for most.
---@param record table
---@return string|nil
function public.made_by(record)
  local class = last_part(record.name)
  if not record.name:find "^mah%." or not public.function_of(record.value)
    or not (class_names[class] or attributes.class(class)) then return nil end
  local results = record.entry and record.entry.returns or {}
  local says = #results == 0 or estimators.class_of[record.value] or class:find "^MLP"
  for _, result in ipairs(results) do says = says or result.type:match "^[%w_.]+" == class end
  return says and class or nil
end

--- The classes without methods of their own that signatures and fields speak of, or that functions
--- are given (a stopping_rule gets a training_state).
local function used_classes(list)
  local used, queue, aliases = {}, {}, {}
  for _, alias in ipairs(attributes.aliases()) do aliases[alias.name] = alias.type end
  local function note(kind)
    for _, name in ipairs(types.names(kind) or {}) do
      local alias = aliases[name]
      aliases[name] = nil -- once
      if alias then note(alias) end
      local class = not used[name] and not name:find "^mah%." and attributes.class(name)
      if class and class.name == name then used[name], queue[#queue + 1] = true, name end
    end
  end
  for _, record in ipairs(list) do
    for _, argument in ipairs(record.entry and record.entry.arguments or {}) do
      note(argument.type)
    end
    for _, result in ipairs(record.entry and record.entry.returns or {}) do note(result.type) end
  end
  for name in pairs(class_names) do queue[#queue + 1] = name end
  for _, name in ipairs(queue) do
    for _, field in ipairs(attributes.of(name)) do note(field.type) end
  end
  return used
end

--- A record for a class: its own comment, or the head of the module where its fields are told of
--- or, failing that, where its first method comes from.
local function class_record(list, name)
  local class = attributes.class(name)
  local record, home, first = { name = name, class = name }, class and class.module, nil
  for _, other in ipairs(not home and list or {}) do
    if other.name:find("^" .. name .. ":") and (not first or other.name < first) then
      home, first = other.module, other.name
    end
  end
  local head = home and public.module(home)
  record.module = home
  record.head = class and class.text ~= "" and class.text or head and head.head or ""
  record.summary = annotations.summary(record.head)
  return record
end

--- The records of classes that no function of the same name makes.
local function add_class_records(list)
  local wanted = used_classes(list)
  for name in pairs(class_names) do wanted[name] = true end
  for _, record in ipairs(list) do
    local class = public.made_by(record)
    if class then wanted[class] = nil end
  end
  for name in pairs(wanted) do list[#list + 1] = class_record(list, name) end
end

local all, by_value

--- One key for a function and what callers get of it: mah.exp and x.exp are one thing.
local function key_of(value)
  return type(value) == "function" and classes.original[value] or value
end

--- All records, sorted by name.
---@return table[]
function public.list()
  if all then return all end
  local list, values = {}, {}
  add_parts(list)
  add_classes(list)
  add_class_records(list)
  table.sort(list, function(a, b) return a.name < b.name end)
  for _, record in ipairs(list) do
    if record.value ~= nil then
      local key = key_of(record.value)
      values[key] = values[key] or record
    end
  end
  all, by_value = list, values
  return all
end

--- The fields of a class's objects; those of tensors are functions, whose comments tell them.
---@param class string
---@return {name: string, type: string, text: string}[]
function public.fields(class)
  local list, has = { unpack(attributes.of(class)) }, {}
  for _, field in ipairs(list) do has[field.name] = true end
  for _, record in ipairs(class == "tensor" and public.list() or {}) do
    local name = record.name:match "^tensor%.(.*)"
    if name and not has[name] then
      local result = record.entry and record.entry.returns[1]
      list[#list + 1] = { name = name, type = result and result.type or "any",
        text = record.summary or "" }
    end
  end
  return list
end

--- Is there something to read about it?
---@param record table
---@return boolean
function public.is_documented(record)
  return (record.summary or "") ~= ""
end

--- The record of a value; for functions that have no public name a record of their comment.
---@param value any
---@return table|nil
function public.find(value)
  public.list()
  value = value ~= nil and estimators.guarded[value] or value
  local record = value ~= nil and by_value[key_of(value)] or nil
  if record or type(value) ~= "function" then return record end
  local entry, module = public.entry_of(value)
  if not entry then return nil end
  return new_record(entry.name == "function" and module or entry.name, value)
end

local function records_named(name, written)
  local whole, last, prepared_too = {}, {}, {}
  for _, record in ipairs(public.list()) do
    if written(record.name) == name then whole[#whole + 1] = record end
    if written(last_part(record.name)) == name then
      local list = estimators.methods_of[record.name:match "^%w+"] and prepared_too or last
      list[#list + 1] = record
    end
  end
  return #whole > 0 and whole or #last > 0 and last or prepared_too
end

--- The records of that name: as a whole, else as the last part; methods of preparation, which many
--- classes have, where nothing else is called so. Where no name is written so, small and large
--- letters are one.
---@param name string
---@return table[]
function public.named(name)
  name = name:gsub("%(.*$", "")
  local class, method = name:match "^mah%.[%w_.]-([%w_]+)[.:]([%w_]+)$"
  local function same(text) return text end
  local found = class and records_named(class .. ":" .. method, same) or {} -- mah.Pipeline.fit
  if #found == 0 then found = records_named(name, same) end
  return #found > 0 and found or records_named(name:lower(), string.lower)
end

--- The records that have the word in their name or text: those with it in the name first.
---@param word string
---@return table[]
function public.search(word)
  local names, texts = {}, {}
  word = word:lower()
  for _, record in ipairs(public.list()) do
    local text = ((record.entry and record.entry.text or "") .. (record.head or "")):lower()
    if record.name:lower():find(word, 1, true) then
      names[#names + 1] = record
    elseif text:find(word, 1, true) then
      texts[#texts + 1] = record
    end
  end
  for _, record in ipairs(texts) do names[#names + 1] = record end
  return names
end

return public
