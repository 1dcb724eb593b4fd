--- Pages of help, as texts: signature, description, arguments, options with defaults, example.
---
---     print(page.text(mah.train))     print(page.text "fit")     print(page.search "seed")
local terminal = require "mah.prompt.terminal"

local page = {}

local function paint(style, text) return terminal.paint(style, text) end

-- -- Parts of a page ------------------------------------------------------------------------------

local function example_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local code = line:match "^%s%s%s%s(.*)$"
    if code then
      lines[#lines + 1] = "    " .. code
    elseif line == "" and #lines > 0 and lines[#lines] ~= "" then
      lines[#lines + 1] = ""
    elseif #lines > 0 then
      break
    end
  end
  while lines[#lines] == "" do lines[#lines] = nil end
  return table.concat(lines, "\n")
end

local function add_section(out, title, lines)
  if #lines == 0 then return end
  out[#out + 1] = ""
  out[#out + 1] = paint("heading", title)
  for _, line in ipairs(lines) do out[#out + 1] = line end
end

local function rows_of(arguments)
  local rows = {}
  for _, a in ipairs(arguments) do rows[#rows + 1] = { a.name or "", a.type or "", a.text
    or "" } end
  return rows
end

local function aligned(rows)
  if #rows == 0 then return {} end
  return { require("mah.prompt.objects").align(rows, {}) }
end

local function option_rows(f)
  local found, names = require("mah.prompt.rules").of(f), {}
  for name in pairs(found) do names[#names + 1] = name end
  table.sort(names)
  local rows = {}
  for _, name in ipairs(names) do
    local default = found[name].default
    rows[#rows + 1] = { name, default ~= "" and default ~= "required" and "= " .. default
      or default, found[name].text }
  end
  return rows
end

--- "mah.train(net, data, given)", "tensor:exp()", "mah.stop".
---@param record table
---@return string
function page.signature(record)
  if type(record.value) ~= "function" or record.name:find "^tensor%." then return record.name end
  local params = record.entry and record.entry.params
  if not params then params = require("mah.prompt.print").signature(record.value) end
  if record.name:find ":" and not (record.entry and (record.entry.name or ""):find ":") then
    params = params:gsub("^%(%s*[%w_]+%s*,?%s*", "(") -- the method's own object
  end
  return record.name .. params
end

local function member_lines(record)
  local rows = {}
  for _, other in ipairs(require("mah.prompt.public").list()) do
    if other.name:sub(1, #record.name + 1) == record.name .. "." then
      rows[#rows + 1] = { page.signature(other), other.summary or "" }
    end
  end
  return aligned(rows)
end

--- The whole text on one record.
---@param record table
---@return string
function page.of(record)
  local entry, head = record.entry, record.head
  local text = entry and entry.text ~= "" and entry.text or head or "There is no description."
  local place = record.place or record.module
  local out = { paint("name", page.signature(record)) .. (place and "   " .. paint("dim", place)
    or ""), "", text }
  if entry then
    add_section(out, "Arguments", aligned(rows_of(entry.arguments)))
    local returns = {}
    for _, r in ipairs(entry.returns) do returns[#returns + 1] = { "", r.type, r.text } end
    add_section(out, "Returns", aligned(returns))
  end
  if type(record.value) == "function" then
    add_section(out, "Options", aligned(option_rows(record.value)))
  elseif type(record.value) == "table" then
    add_section(out, "Members", member_lines(record))
  end
  local example = head and text ~= head and example_of(head) or ""
  add_section(out, "Example", example ~= "" and { example } or {})
  return table.concat(out, "\n")
end

-- -- What is asked for ----------------------------------------------------------------------------

--- A list of records, a line each.
---@param records table[]
---@return string
function page.list(records)
  local rows = {}
  for _, record in ipairs(records) do rows[#rows + 1] = { record.name, record.summary or "" } end
  local lines = {}
  for line in require("mah.prompt.objects").align(rows, {}):gmatch "[^\n]+" do
    local room = terminal.columns() - 1
    if terminal.width(line) > room then
      line = line:sub(1, room - 3):gsub("[\192-\255][\128-\191]*$", "") .. "..."
    end
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

local overview = [[
Type Lua. An expression shows its value, `;` at the end silences it, _ is the last value.

  ?name  name?      help on a name: ?train  ?tensor:exp  ?MLPClassifier
  ??word            search in names and descriptions
  show(x)           a picture in the terminal: digits, curves, confusion matrices, figures
  Tab               completes names, methods, file names and the options of a call
  Ctrl-R            searches the history      Ctrl-C  stops what runs      Ctrl-D  leaves

  %time code        runs it once and tells the time          %timeit code  many times
  %run file ...     runs a script with arguments, and keeps its globals
  %who              your variables        %memory   what takes memory
  %save file        your lines of this session as a script

Parts of mah (?mah.NAME for more; mah.<Tab> lists all):
]]

local function overview_text()
  local parts = {}
  for _, name in ipairs { "tensor", "data", "mlp", "train", "solver", "stop", "MLPClassifier",
    "MLPRegressor",
    "metrics", "plot", "image", "linalg", "show", "help" } do
    local record = require("mah.prompt.public").named("mah." .. name)[1]
    if record then parts[#parts + 1] = record end
  end
  return overview .. page.list(parts)
end

--- Commands of the prompt, described in their module.
local function command_page(name)
  local entry = require("mah.prompt.magic").entries()[name:gsub("^%%", "")]
  return entry and paint("name", "%" .. name:gsub("^%%", "")) .. "\n\n" .. entry
end

local function page_for_name(name)
  local public = require "mah.prompt.public"
  local found = public.named(name)
  if #found == 1 then return page.of(found[1]) end
  if #found > 1 then
    local first = found[1]
    for _, record in ipairs(found) do
      if record.name == "mah." .. name then first = record end
    end
    return page.of(first) .. "\n\n" .. paint("heading", "Also") .. "\n" .. page.list(found)
  end
  local commanded = command_page(name)
  if commanded then return commanded end
  found = public.search(name)
  if #found == 0 then return ("There is no help on '%s'."):format(name) end
  return ("There is no '%s'; these mention it:\n"):format(name) .. page.list(found)
end

--- What help(x) prints, as a text. A string is a name; a value is what it is.
---@param x any
---@return string
function page.text(x)
  local public = require "mah.prompt.public"
  if x == nil then return overview_text() end
  if type(x) == "string" then return page_for_name(x) end
  local record = x == require "mah" and { name = "mah", value = x, module = "mah",
    head = public.module("mah").head }
    or public.find(x)
  if record then return page.of(record) end
  local value = require("mah.prompt.print").text(x)
  local class = require("mah.prompt.complete").class_of(x)
  if not class then return value end
  local methods = {}
  for _, other in ipairs(public.list()) do
    if other.name:match "^[^:.]+" == class then methods[#methods + 1] = other end
  end
  return value .. "\n\n" .. paint("heading", "Methods of " .. class) .. "\n" .. page.list(methods)
end

--- The records that mention a word, as a text.
---@param word string
---@return string
function page.search(word)
  local found = require("mah.prompt.public").search(word)
  if #found == 0 then return ("Nothing mentions '%s'."):format(word) end
  return page.list(found)
end

return page
