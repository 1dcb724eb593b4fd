--- What is found within pages: the options of functions and the attributes of objects, each name
--- once with all places that have it.
---
---     for _, entry in ipairs(entries.named "early_stopping_patience") do
---       print(entry.kind, entry.name, entry.text, table.concat(entry.owners, ", "))
---     end
local attributes = require "mah.docs.attributes"
local options = require "mah.base.options"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"

local entries = {}

local all -- {{kind =, name =, type =, default =, text =, owners = {names}}}

--- Adds a place to an entry that says the same, or a new entry.
local function add(list, by_key, entry, owner)
  local key = table.concat({ entry.kind, entry.name, entry.type, entry.text }, "\0")
  local found = by_key[key]
  if not found then
    found = entry
    found.owners, by_key[key], list[#list + 1] = {}, entry, entry
  end
  found.owners[#found.owners + 1] = owner
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function read()
  local by_key = {}
  all = {}
  public.list() -- loads all modules
  for _, owner in ipairs(sorted_keys(options.declared)) do
    for _, name in ipairs(sorted_keys(options.declared[owner])) do
      local said = rules.text(options.declared[owner][name])
      add(all, by_key, { kind = "option", name = name, type = said.text, default = said.default,
        text = said.meaning }, owner)
    end
  end
  for _, class in ipairs(attributes.names()) do
    for _, field in ipairs(public.fields(class)) do
      add(all, by_key, { kind = "attribute", name = field.name, type = field.type, default = "",
        text = field.text }, attributes.shown(class))
    end
  end
  table.sort(all, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.kind .. a.owners[1] < b.kind .. b.owners[1]
  end)
end

--- All options and attributes, sorted by name.
---@return {kind: string, name: string, type: string, default: string, text: string,
---  owners: string[]}[]
function entries.list()
  if not all then read() end
  return all
end

--- Is a function or class among the owners? "mah." in front is as good as left out.
local function is_owned(entry, owner)
  for _, other in ipairs(entry.owners) do
    if other:gsub("^mah%.", "") == owner then return true end
  end
  return false
end

--- Those of that name: "alpha", or "MLPClassifier.alpha" and "run.history" of one place.
---@param name string
---@return table[]
function entries.named(name)
  local found = {}
  local owner, last = name:gsub("^mah%.", ""):match "^(.+)%.([%w_]+)$"
  for _, entry in ipairs(entries.list()) do
    if entry.name == name or entry.name == last and is_owned(entry, owner) then
      found[#found + 1] = entry
    end
  end
  return found
end

--- Those that have a word in their name or text.
---@param word string
---@return table[]
function entries.search(word)
  local found = {}
  word = word:lower()
  for _, entry in ipairs(entries.list()) do
    if (entry.name .. "\n" .. entry.text):lower():find(word, 1, true) then
      found[#found + 1] = entry
    end
  end
  return found
end

return entries
