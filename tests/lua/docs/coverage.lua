--- What the documentation lacks: functions without a text or an example, options without a text,
--- attributes without a `@field`, examples that fail.
---
---     for _, gap in ipairs(coverage.all()) do print(gap.module, gap.kind, gap.name, gap.why) end
local attributes = require "mah.docs.attributes"
local classes = require "mah.base.class"
local estimators = require "mah.prepare.base"
local examples = require "mah.docs.examples"
local options = require "mah.base.options"
local public = require "mah.docs.public"
local running = require "docs.running"
local samples = require "docs.samples"

local coverage = {}

local function text_of(record)
  return (record.entry and record.entry.text or "") .. "\n\n" .. (record.head or "")
end

local function example_of(record) return examples.of(text_of(record)) end

local function add(gaps, kind, module, name, why)
  gaps[#gaps + 1] = { kind = kind, module = module or "mah", name = name, why = why }
end

-- -- Functions ------------------------------------------------------------------------------------

--- The functions that have an example somewhere: mah.exp and tensor:exp are one.
local function shown_values()
  local shown = {}
  for _, record in ipairs(public.list()) do
    local f = public.function_of(record.value)
    if f and example_of(record) then
      shown[classes.original[f] or f] = true
    end
  end
  return shown
end

--- The examples of a class's page: those of the constructor, of functions that give such an object,
--- and of the class's own comment.
local function page_of(class)
  local texts = {}
  local home = attributes.class(class)
  if home then
    local head = public.module(home.module)
    texts[#texts + 1] = examples.of(home.text .. "\n\n" .. (head and head.head or ""))
  end
  for _, record in ipairs(public.list()) do
    local gives = record.name:match "[^.:]+$" == class
    for _, result in ipairs(class ~= "tensor" and record.entry and record.entry.returns or {}) do
      gives = gives or result.type:match "^[%w_.]+" == class
    end
    if gives then texts[#texts + 1] = example_of(record) end
  end
  return table.concat(texts, "\n")
end

--- Of functions: those that lack a text, and those that lack an example.
function coverage.functions(gaps)
  local shown, pages = shown_values(), {}
  for _, record in ipairs(public.list()) do
    if not public.is_documented(record) then add(gaps, "text", record.module, record.name) end
    local f = public.function_of(record.value)
    local class, method = record.name:match "^([%w_]+):([%w_]+)$"
    local has = not f or record.name:find "^tensor%." or shown[classes.original[f] or f]
    if class and not has then
      pages[class] = pages[class] or page_of(class)
      has = pages[class]:find(":" .. method .. "%s*[%({\"']")
    end
    if not has then add(gaps, "example", record.module, record.name) end
  end
end

-- -- Options --------------------------------------------------------------------------------------

--- Options that have no text; one for all functions that share its rule.
function coverage.options(gaps)
  public.list() -- loads all modules
  local seen, names = {}, {}
  for name in pairs(options.declared) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local record = public.named(name)[1]
    for option, rule in pairs(options.declared[name]) do
      if type(rule[4]) ~= "string" or rule[4] == "" then
        if seen[rule] then
          seen[rule].why = (seen[rule].why or "and in ") .. name .. " "
        else
          add(gaps, "option", record and record.module, ("%s{%s}"):format(name, option))
          seen[rule] = gaps[#gaps]
        end
      end
    end
  end
end

-- -- Attributes -----------------------------------------------------------------------------------

local function missing_fields(gaps, class, module, names)
  local known = {}
  for _, field in ipairs(attributes.of(class, true)) do
    known[field.name] = true
    if not field.hidden and field.text == "" then
      add(gaps, "attribute", module, class .. "." .. field.name, "its @field has no text")
    end
  end
  for _, name in ipairs(names) do
    if not known[name] then
      add(gaps, "attribute", module, class .. "." .. name, "no @field below a @class " .. class)
    end
  end
end

--- The module that a class's fields are described in: where its comment is, or else its methods.
local function home_of(class)
  local home = attributes.class(class)
  if home then return home.module end
  local constructor = public.named("mah." .. class)[1]
  if class:find "^%u" and constructor then return constructor.module end
  for _, record in ipairs(public.list()) do
    if record.name:find("^" .. class .. ":") then return record.module end
  end
end

--- What fit leaves in the estimators of preparation, and the fields of one object of each class.
function coverage.attributes(gaps)
  for _, record in ipairs(public.list()) do
    local class = estimators.class_of[record.value]
    if class then missing_fields(gaps, class, record.module, public.fitted(record)) end
  end
  for class, object in pairs(samples()) do
    local names = {}
    for name in pairs(type(object) == "table" and object or {}) do
      if type(name) == "string" and not name:find "^_" then names[#names + 1] = name end
    end
    table.sort(names)
    missing_fields(gaps, class, home_of(class), names)
  end
end

-- -- Examples -------------------------------------------------------------------------------------

--- Examples that fail, each once; gives how many ran, and how many cannot run in a test.
function coverage.examples(gaps)
  local seen, ran, not_run = {}, 0, 0
  local runner = running.new()
  for _, record in ipairs(public.list()) do
    for _, text in ipairs { record.entry and record.entry.text or "", record.head or "" } do
      local code = examples.of(text)
      if code and not seen[code] and examples.not_run(code) then
        not_run, seen[code] = not_run + 1, true
      elseif code and not seen[code] then
        ran, seen[code] = ran + 1, true
        local problem = runner:run(code)
        if problem then add(gaps, "fails", record.module, record.name, problem) end
      end
    end
  end
  runner:close()
  return ran, not_run
end

--- All that is missing, sorted by module.
---@return {kind: string, module: string, name: string, why: string|nil}[] gaps
---@return integer ran, integer not_run   examples
function coverage.all()
  local gaps = {}
  coverage.functions(gaps)
  coverage.options(gaps)
  coverage.attributes(gaps)
  local ran, not_run = coverage.examples(gaps)
  table.sort(gaps, function(a, b)
    if a.module ~= b.module then return a.module < b.module end
    if a.kind ~= b.kind then return a.kind < b.kind end
    return a.name < b.name
  end)
  return gaps, ran, not_run
end

return coverage
