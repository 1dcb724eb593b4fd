--- Which page of the reference has what: a page for each class, for each part of mah that is a
--- table of functions, and for what is left of each wing.
---
---     local pages = require "mah.docs.html.pages"
---     for _, page in ipairs(pages.list()) do print(page.file, page.title, #page.records) end
---     pages.address "mah.train.find_lr"      --> mah.train.html#mah.train.find_lr
local members = require "mah.docs.members"
local public = require "mah.docs.public"

local pages = {}

--- The wings in the order of the contents, and what they are called there.
pages.wings = {
  { "tensor", "Tensors" }, { "data", "Data and files" }, { "grad", "Gradients" },
  { "learn", "Networks and training" }, { "prepare", "Preparation and selection" },
  { "sweep", "Sweeps" }, { "draw", "Pictures" }, { "exchange", "Models of elsewhere" },
  { "report", "Reports" }, { "cluster", "More machines" }, { "base", "The rest" },
}

local titles = {}
for _, wing in ipairs(pages.wings) do titles[wing[1]] = wing[2] end

local function wing_of(record)
  local wing = (record.module or ""):match "^mah%.(%w+)"
  return titles[wing] and wing or "base"
end

local found -- {pages in order, by key}

--- The key of the page that a record is on: a class, "mah.plot", or a wing's.
local function key_of(record, parts, made)
  local class = record.class or record.name:match "^([^.:]+)[:.]"
  if class and class ~= "mah" then return class end
  class = public.made_by(record) or made[record.name:match "^(mah%.[^.]+)%."]
  if class and members.classes()[class] then return class end
  local part = record.name:match "^(mah%.[^.]+)"
  return parts[part] and part or "wing " .. wing_of(record)
end

local function new_page(key, record)
  local wing = wing_of(record)
  local name = key:match "^wing (.*)"
  return { key = key, wing = name or wing, records = {},
    title = name and "Functions: " .. titles[name] or key,
    file = (name and "functions-" .. name or key) .. ".html" }
end

local function read()
  local parts, made, list = {}, {}, public.list()
  found = { order = {}, of = {} }
  for _, record in ipairs(list) do
    made[record.name] = public.made_by(record)
    parts[record.name] = type(record.value) == "table" and not made[record.name] or nil
  end
  local by_key = {}
  for _, record in ipairs(list) do
    local key = key_of(record, parts, made)
    local page = by_key[key]
    if not page then
      page = new_page(key, record)
      by_key[key], found.order[#found.order + 1] = page, page
    end
    local is_head = record.name == key or record.class == key or public.made_by(record) == key
    table.insert(page.records, is_head and 1 or #page.records + 1, record)
    if is_head then page.wing = wing_of(record) end
    found.of[record.name] = page
  end
end

--- All pages; those of a wing's functions first, then by title.
---@return {key: string, file: string, title: string, wing: string, records: table[]}[]
function pages.list()
  if not found then
    read()
    table.sort(found.order, function(a, b)
      local first, second = a.key:find "^wing" ~= nil, b.key:find "^wing" ~= nil
      if first ~= second then return first end
      return a.title:lower() .. a.title < b.title:lower() .. b.title
    end)
  end
  return found.order
end

--- Where a name is: "file.html#name"; nil for a name that there is not.
---@param name string
---@return string|nil
function pages.address(name)
  pages.list()
  local page = found.of[name]
  return page and page.file .. "#" .. name or nil
end

return pages
